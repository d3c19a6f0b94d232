// All of onramp for one test: API and worker in this process, a CRM of its own, and the test run's Temporal server.

import { randomUUID } from 'node:crypto'
import { DefaultLogger, Runtime } from '@temporalio/worker'
import type { WorkflowBundleOption } from '@temporalio/worker'
import { WorkflowNotFoundError } from '@temporalio/client'
import type { Client } from '@temporalio/client'
import { expect, inject, test } from 'vitest'
import { createActivities } from '../../activities/index.ts'
import type { Policies } from '../../hubspot/crm.ts'
import type { EmulatorControl } from 'hubspot-emulator/control'
import type { RecordView } from 'hubspot-emulator/control'
import { onboardingId } from '../../domain/ids.ts'
import type { OnboardingStatus } from '../../domain/onboarding-status.ts'
import { ASSOCIATIONS_REVIEWED } from '../../domain/onboarding.ts'
import { onboardingStatus } from '../../workflows/messages.ts'
import type { RunSettings } from '../../workflows/messages.ts'
import type { Unreadable } from '../../platform/payloads/payload-codec.ts'
import { signalRunning } from '../../platform/temporal.ts'
import { testApi } from './api.ts'
import type { ApiOptions } from './api.ts'
import type { TestCrm, TestCrmOptions } from './hubspot-portal.ts'
import { ownNamespace } from './namespace.ts'
import { PAYLOAD_KEYS } from './payload-keys.ts'
import { sendUntilAccepted } from './sender.ts'
import { sharedWorker, startOwnWorker } from './workers.ts'
import type { TestWorker } from './workers.ts'
import type { WorkerVersion } from '../../worker/version.ts'

// The tests run on the emulator, unless a test file proves that workflows need no HubSpot. Only one of the two is loaded.
const { startTestCrm } = await (process.env['ONRAMP_TEST_CRM'] === 'memory'
  ? import('./memory-portal.ts')
  : import('./hubspot-portal.ts'))

Runtime.install({
  logger: new DefaultLogger('ERROR'),
  telemetryOptions: { logging: { forward: {}, filter: 'ERROR' } },
})

/** Handed to each test. All tests share one Temporal server, so each test has customer ids of its own. */
export interface Onramp {
  /** The emulator's own API: its records, its faults and the requests that it received. */
  portal: EmulatorControl
  hubspotUrl: string
  callAsHubSpotUser: TestCrm['callAsHubSpotUser']
  client: Client
  app: ReturnType<typeof testApi>['app']
  taskQueue: string
  /** A customer id that no other test uses. */
  customerId: string
  /**
   * Sends a registration of this customer, with `data` over the default values; expects 202. As the product does, it sends the
   * event again while a busy machine answers 503.
   */
  registered(data?: Record<string, unknown>, event?: { id?: string; timestamp?: string }): Promise<void>
  updated(data: Record<string, unknown>, event?: { id?: string; timestamp?: string }): Promise<void>
  /** Sends an erasure of this customer; expects 202. */
  erased(): Promise<void>
  status(customerId?: string): Promise<OnboardingStatus>
  /** Waits until the customer is in this phase; returns the status. */
  reaches(phase: OnboardingStatus['phase'], customerId?: string): Promise<OnboardingStatus>
  /**
   * Only for a test without the shared worker.
   *
   * @param workflowBundle workflow code other than the repository's
   * @param payloadKeys PAYLOAD_KEYS of this worker
   * @param version without it the worker has none
   */
  startWorker(
    workflowBundle?: WorkflowBundleOption,
    payloadKeys?: string,
    version?: WorkerVersion | null,
  ): Promise<void>
  stopWorker(): Promise<void>
  /** The payloads that the worker could not read, once for each time that it tried. */
  unreadable: Unreadable[]
  /** Whether Temporal lets the workers delete histories, as by the rights of their API key. */
  mayDeleteHistories: boolean
}

function flat({ id, properties }: RecordView): { id: string; [property: string]: string | undefined } {
  return { ...properties, id }
}

interface OnrampOptions {
  /** The address of a Temporal server of the test's own. */
  temporalAddress?: () => string
  /**
   * `shared` with the other tests of the file, all of them in this process; `own` when the test stops its worker; `none` when it
   * starts workers as processes. With a Temporal server or keys of its own a test never shares its worker.
   */
  worker?: 'shared' | 'own' | 'none'
  policies?: Partial<Policies>
  settings?: RunSettings
  backlogLimits?: ApiOptions['backlogLimits']
  time?: ApiOptions['time']
  /** PAYLOAD_KEYS of the API and of the worker. */
  payloadKeys?: string
  /** The clock of the activities, in milliseconds since the epoch. */
  now?: () => number
  /** `own` for a test that lists or changes all customers of the namespace. */
  namespace?: 'shared' | 'own'
  pageSize?: number
  reviewAgeMs?: TestCrmOptions['reviewAgeMs']
}

/** `it` with all of onramp and these options. */
export function onrampWith(options: OnrampOptions) {
  return test.extend<{ onramp: Onramp }>({
    onramp: async ({ skip }, use) => {
      const started = await startOnramp(options, skip)
      await use(started.onramp)
      await started.stop()
    },
  })
}

/** `it` with all of onramp and the default options. */
export const it = onrampWith({})

/** onramp's calls to HubSpot in either API version, as filters for the emulator's faults and requests. */
export const HUBSPOT_CALLS = {
  createCompany: { method: 'POST', path: '/objects/(2026-09/)?companies$' },
  createContact: { method: 'POST', path: '/objects/(2026-09/)?contacts$' },
  associate: { method: 'PUT', path: '/associations/' },
  updateContact: { method: 'PATCH', path: '/contacts/[^/]+$' },
  updateCompany: { method: 'PATCH', path: '/companies/\\d+$' },
}

/** The contacts, companies and associations that HubSpot users see: deleted records are left out. */
export async function recordsIn(portal: EmulatorControl) {
  const { contacts, companies, associations } = await portal.records()
  return {
    contacts: contacts.filter(({ archived }) => !archived).map(flat),
    companies: companies.filter(({ archived }) => !archived).map(flat),
    associations: associations.map(({ contactId, companyId }) => ({ contactId, companyId })),
  }
}

async function startOnramp(
  {
    temporalAddress,
    worker: wantedWorker = 'shared',
    policies = {},
    settings = {},
    time = 'passes',
    payloadKeys = PAYLOAD_KEYS,
    now,
    namespace: namespaceMode = 'shared',
    pageSize,
    backlogLimits,
    reviewAgeMs,
  }: OnrampOptions,
  skip: TestCrmOptions['skip'],
): Promise<{ onramp: Onramp; stop(): Promise<void> }> {
  if (time === 'skips' && !inject('temporalSkipsTime')) skip('needs a Temporal server with time skipping')
  if (temporalAddress !== undefined && !inject('temporalIsDevelopment')) skip('starts a Temporal server of its own')
  const ofServer = temporalAddress === undefined ? inject('temporalNamespace') : 'default'
  const namespace = namespaceMode === 'own' ? await ownNamespace() : ofServer
  const address = temporalAddress?.() ?? inject('temporalAddress')
  const mayShare = temporalAddress === undefined && payloadKeys === PAYLOAD_KEYS
  const workerMode = wantedWorker === 'shared' && !mayShare ? 'own' : wantedWorker
  const shared = workerMode === 'shared' ? await sharedWorker(namespace) : null
  const taskQueue = shared?.taskQueue ?? `test-${randomUUID()}`
  const { app, client } = testApi({
    address,
    taskQueue,
    settings,
    time,
    namespace,
    payloadKeys,
    ...(pageSize !== undefined && { pageSize }),
    ...(backlogLimits && { backlogLimits }),
  })
  const testCrm = await startTestCrm({
    policies,
    skip,
    report: async (id, review) => {
      await signalRunning(client, { workflowId: onboardingId(id) }, ASSOCIATIONS_REVIEWED, review)
    },
    ...(reviewAgeMs !== undefined && { reviewAgeMs }),
  })
  const customerId = `cus_${randomUUID()}`
  const user = {
    activities: createActivities(testCrm.crm, now === undefined ? {} : { now }),
    crmState: testCrm.crmState,
    mayDeleteHistories: () => onramp.mayDeleteHistories,
    onUnreadable: (payload: Unreadable) => void onramp.unreadable.push(payload),
  }
  const workflowIds = new Set<string>()
  onStarted(client, (workflowId) => {
    workflowIds.add(workflowId)
    shared?.users.set(workflowId, user)
  })
  if (shared) shared.current = user
  let own: TestWorker | null = null

  const sendEvent = async (
    type: string,
    data: Record<string, unknown>,
    { id, ...event }: { id?: string; timestamp?: string },
  ) => {
    const eventData = { customerId, ...data }
    await sendUntilAccepted(app, { type, ...event, data: eventData }, id)
  }

  const onramp: Onramp = {
    portal: testCrm.portal,
    hubspotUrl: testCrm.hubspotUrl,
    callAsHubSpotUser: testCrm.callAsHubSpotUser,
    client,
    app,
    taskQueue,
    customerId,
    registered: (data = {}, event = {}) =>
      sendEvent(
        'customer.registered',
        {
          email: 'ada@example.com',
          firstName: 'Ada',
          company: { name: 'Analytical Engines', domain: 'analytical.example' },
          ...data,
        },
        event,
      ),
    updated: (data, event = {}) => sendEvent('customer.updated', data, event),
    erased: () => sendEvent('customer.erased', {}, {}),
    status: (id = customerId) => client.workflow.getHandle(onboardingId(id)).query(onboardingStatus),
    async reaches(phase, id = customerId) {
      await expect.poll(async () => (await onramp.status(id)).phase, { interval: 30 }).toBe(phase)
      return await onramp.status(id)
    },
    async startWorker(workflowBundle, workerKeys = payloadKeys, version = null) {
      if (shared) throw new Error("This test shares its worker. Give it one with { worker: 'own' }.")
      const options = { address, namespace, taskQueue, payloadKeys: workerKeys, version }
      own = await startOwnWorker(user, { ...options, ...(workflowBundle && { workflowBundle }) })
    },
    unreadable: [],
    mayDeleteHistories: true,
    async stopWorker() {
      if (shared) throw new Error("This test shares its worker. Give it one with { worker: 'own' }.")
      await own?.stop()
      own = null
    },
  }
  if (workerMode === 'own') await onramp.startWorker()

  return {
    onramp,
    async stop() {
      await Promise.all([...workflowIds].map((id) => terminate(client, id)))
      await own?.stop()
      await Promise.all([client.connection.close(), testCrm.stop()])
      for (const id of workflowIds) shared?.users.delete(id)
    },
  }
}

/** Calls `then` with the id of each workflow that the client starts, before it is started. */
function onStarted({ workflowService }: Client, then: (workflowId: string) => void): void {
  const { signalWithStartWorkflowExecution, startWorkflowExecution } = workflowService
  Object.assign(workflowService, {
    signalWithStartWorkflowExecution: (request: Parameters<typeof signalWithStartWorkflowExecution>[0]) => {
      then(request.workflowId ?? '')
      return signalWithStartWorkflowExecution.call(workflowService, request)
    },
    startWorkflowExecution: (request: Parameters<typeof startWorkflowExecution>[0]) => {
      then(request.workflowId ?? '')
      return startWorkflowExecution.call(workflowService, request)
    },
  })
}

/** Terminates the workflow, unless it has completed. */
async function terminate(client: Client, workflowId: string): Promise<void> {
  await client.workflow
    .getHandle(workflowId)
    .terminate('the test is over')
    .catch((error: unknown) => {
      if (!(error instanceof WorkflowNotFoundError)) throw error
    })
}
