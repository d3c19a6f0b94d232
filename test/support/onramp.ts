// All of onramp for one test: API and worker in this process, a CRM of its own, and the test run's Temporal server.

import { randomUUID } from 'node:crypto'
import { DefaultLogger, NativeConnection, Runtime } from '@temporalio/worker'
import type { Worker, WorkflowBundleOption } from '@temporalio/worker'
import { WorkflowNotFoundError } from '@temporalio/client'
import type { Client } from '@temporalio/client'
import { expect, inject, test } from 'vitest'
import { createActivities } from '../../activities/index.ts'
import type { Policies } from '../../hubspot/crm.ts'
import type { EmulatorControl } from 'hubspot-emulator/control'
import type { RecordView } from 'hubspot-emulator/control'
import { onboardingId } from '../../domain/ids.ts'
import type { OnboardingStatus } from '../../domain/onboarding-status.ts'
import { onboardingStatus } from '../../workflows/messages.ts'
import type { RunSettings } from '../../workflows/messages.ts'
import { createWorker } from '../../worker/worker.ts'
import { testApi } from './api.ts'
import type { ApiOptions } from './api.ts'
import type { TestCrm, TestCrmOptions } from './hubspot-portal.ts'
import { ownNamespace } from './namespace.ts'
import { send } from './sender.ts'

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
  /** Sends a registration of this customer, with `data` over the default values; expects 202. */
  registered(data?: Record<string, unknown>, event?: { id?: string; timestamp?: string }): Promise<void>
  updated(data: Record<string, unknown>, event?: { id?: string; timestamp?: string }): Promise<void>
  /** Sends an erasure of this customer; expects 202. */
  erased(): Promise<void>
  status(customerId?: string): Promise<OnboardingStatus>
  /** Waits until the customer is in this phase; returns the status. */
  reaches(phase: OnboardingStatus['phase'], customerId?: string): Promise<OnboardingStatus>
  /** @param workflowBundle workflow code other than the repository's */
  startWorker(workflowBundle?: WorkflowBundleOption): Promise<void>
  stopWorker(): Promise<void>
}

function flat({ id, properties }: RecordView): { id: string; [property: string]: string | undefined } {
  return { ...properties, id }
}

interface OnrampOptions {
  /** `none` when the test starts workers as processes. */
  worker?: 'in-process' | 'none'
  policies?: Partial<Policies>
  settings?: RunSettings
  time?: ApiOptions['time']
  /** `own` for a test that lists or changes all customers of the namespace. */
  namespace?: 'shared' | 'own'
  pageSize?: number
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
  createCompany: { method: 'POST', path: '/companies/batch/upsert$' },
  createContact: { method: 'POST', path: '/objects/(2026-09/)?contacts$' },
  associate: { method: 'PUT', path: '/associations/default/' },
  updateContact: { method: 'PATCH', path: '/contacts/\\d+$' },
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
    worker: workerMode = 'in-process',
    policies = {},
    settings = {},
    time = 'passes',
    namespace: namespaceMode = 'shared',
    pageSize,
  }: OnrampOptions,
  skip: TestCrmOptions['skip'],
): Promise<{ onramp: Onramp; stop(): Promise<void> }> {
  const taskQueue = `test-${randomUUID()}`
  const testCrm = await startTestCrm({ policies, skip })
  const namespace = namespaceMode === 'own' ? await ownNamespace() : 'default'
  const { app, client } = testApi({ taskQueue, settings, time, namespace, ...(pageSize !== undefined && { pageSize }) })
  const connection = await NativeConnection.connect({ address: inject('temporalAddress') })
  const customerId = `cus_${randomUUID()}`
  const customerIds = new Set<string>()
  let worker: { worker: Worker; ended: Promise<void> } | null = null

  const sendEvent = async (
    type: string,
    data: Record<string, unknown>,
    { id, ...event }: { id?: string; timestamp?: string },
  ) => {
    const eventData = { customerId, ...data }
    customerIds.add(eventData.customerId)
    expect((await send(app, { type, ...event, data: eventData }, id)).status).toBe(202)
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
      await expect.poll(async () => (await onramp.status(id)).phase, { timeout: 20_000, interval: 30 }).toBe(phase)
      return await onramp.status(id)
    },
    async startWorker(workflowBundle: WorkflowBundleOption = { codePath: inject('workflowBundlePath') }) {
      const created = await createWorker({
        connection,
        namespace,
        workflowBundle,
        activities: createActivities(testCrm.crm),
        taskQueue,
        version: null,
      })
      worker = { worker: created, ended: created.run() }
    },
    async stopWorker() {
      worker?.worker.shutdown()
      await worker?.ended
      worker = null
    },
  }
  if (workerMode === 'in-process') await onramp.startWorker()

  return {
    onramp,
    async stop() {
      for (const id of customerIds) await terminate(client, id)
      await onramp.stopWorker()
      await Promise.all([connection.close(), client.connection.close(), testCrm.stop()])
    },
  }
}

/** Terminates the customer's onboarding, unless it has completed. */
async function terminate(client: Client, customerId: string): Promise<void> {
  await client.workflow
    .getHandle(onboardingId(customerId))
    .terminate('the test is over')
    .catch((error: unknown) => {
      if (!(error instanceof WorkflowNotFoundError)) throw error
    })
}
