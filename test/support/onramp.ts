// All of onramp for one test: API and worker in this process, a CRM of its own, and the run's Temporal server.

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

// HubSpot's emulator, unless a test file wants to prove that no workflow needs HubSpot. The other one is not even loaded.
const { startTestCrm } = await (process.env['ONRAMP_TEST_CRM'] === 'memory'
  ? import('./memory-portal.ts')
  : import('./hubspot-portal.ts'))

Runtime.install({
  logger: new DefaultLogger('ERROR'),
  telemetryOptions: { logging: { forward: {}, filter: 'ERROR' } },
})

/** What a test has in hand. Customers have ids of their own in each test, since Temporal is shared by all of them. */
export interface Onramp {
  /** HubSpot, from the side of who runs it: records, trouble, what was asked of it. */
  portal: EmulatorControl
  hubspotUrl: string
  /** What people, or the portal's other apps, ask of HubSpot by themselves. */
  askHubSpot: TestCrm['ask']
  client: Client
  app: ReturnType<typeof testApi>['app']
  taskQueue: string
  /** A customer id that no other test uses. */
  customerId: string
  /** Sends a registration of this customer, with what the test says otherwise; expects 202. */
  registered(data?: Record<string, unknown>, event?: { id?: string; timestamp?: string }): Promise<void>
  updated(data: Record<string, unknown>, event?: { id?: string; timestamp?: string }): Promise<void>
  /** Sends that this customer is to be erased. */
  erased(): Promise<void>
  status(customerId?: string): Promise<OnboardingStatus>
  /** Waits for the customer's phase. */
  reaches(phase: OnboardingStatus['phase'], customerId?: string): Promise<OnboardingStatus>
  /** @param workflowBundle other workflow code than the repository's */
  startWorker(workflowBundle?: WorkflowBundleOption): Promise<void>
  stopWorker(): Promise<void>
}

function flat({ id, properties }: RecordView): { id: string; [property: string]: string | undefined } {
  return { ...properties, id }
}

interface OnrampOptions {
  /** `none` when the test starts workers as processes. */
  worker?: 'here' | 'none'
  policies?: Partial<Policies>
  settings?: RunSettings
  time?: ApiOptions['time']
  /** `own` for a test that looks at, or changes, all the customers that there are. */
  namespace?: 'shared' | 'own'
  pageSize?: number
}

/** `it` with all of onramp, set up as a test file wants it. */
export function onrampWith(options: OnrampOptions) {
  return test.extend<{ onramp: Onramp }>({
    onramp: async ({ skip }, use) => {
      const started = await startOnramp(options, skip)
      await use(started.onramp)
      await started.stop()
    },
  })
}

/** `it` with all of onramp in this process. */
export const it = onrampWith({})

/** The calls that onramp makes, as the emulator sees them, in either API version. */
export const CALLS = {
  createCompany: { method: 'POST', path: '/companies/batch/upsert$' },
  createContact: { method: 'POST', path: '/objects/(2026-09/)?contacts$' },
  associate: { method: 'PUT', path: '/associations/default/' },
  updateContact: { method: 'PATCH', path: '/contacts/\\d+$' },
  updateCompany: { method: 'PATCH', path: '/companies/\\d+$' },
}

/** The contact, the company and how they are tied, as a person sees them in HubSpot. */
export async function recordsOf(portal: EmulatorControl) {
  const { contacts, companies, associations } = await portal.records()
  return {
    contacts: contacts.filter(({ archived }) => !archived).map(flat),
    companies: companies.filter(({ archived }) => !archived).map(flat),
    associations: associations.map(({ contactId, companyId }) => ({ contactId, companyId })),
  }
}

async function startOnramp(
  {
    worker: whose = 'here',
    policies = {},
    settings = {},
    time = 'passes',
    namespace: whoseNamespace = 'shared',
    pageSize,
  }: OnrampOptions,
  skip: TestCrmOptions['skip'],
): Promise<{ onramp: Onramp; stop(): Promise<void> }> {
  const taskQueue = `test-${randomUUID()}`
  const testCrm = await startTestCrm({ policies, skip })
  const namespace = whoseNamespace === 'own' ? await ownNamespace() : 'default'
  const { app, client } = testApi({ taskQueue, settings, time, namespace, ...(pageSize !== undefined && { pageSize }) })
  const connection = await NativeConnection.connect({ address: inject('temporalAddress') })
  const customerId = `cus_${randomUUID()}`
  const known = new Set<string>()
  let worker: { worker: Worker; ended: Promise<void> } | null = null

  const tell = async (
    type: string,
    data: Record<string, unknown>,
    { id, ...event }: { id?: string; timestamp?: string },
  ) => {
    const whole = { customerId, ...data }
    known.add(whole.customerId)
    expect((await send(app, { type, ...event, data: whole }, id)).status).toBe(202)
  }

  const onramp: Onramp = {
    portal: testCrm.portal,
    hubspotUrl: testCrm.hubspotUrl,
    askHubSpot: testCrm.ask,
    client,
    app,
    taskQueue,
    customerId,
    registered: (data = {}, event = {}) =>
      tell(
        'customer.registered',
        {
          email: 'ada@example.com',
          firstName: 'Ada',
          company: { name: 'Analytical Engines', domain: 'analytical.example' },
          ...data,
        },
        event,
      ),
    updated: (data, event = {}) => tell('customer.updated', data, event),
    erased: () => tell('customer.erased', {}, {}),
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
  if (whose === 'here') await onramp.startWorker()

  return {
    onramp,
    async stop() {
      for (const id of known) await end(client, id)
      await onramp.stopWorker()
      await Promise.all([connection.close(), client.connection.close(), testCrm.stop()])
    },
  }
}

/** A customer who was let go has ended already. */
async function end(client: Client, customerId: string): Promise<void> {
  await client.workflow
    .getHandle(onboardingId(customerId))
    .terminate('the test is over')
    .catch((error: unknown) => {
      if (!(error instanceof WorkflowNotFoundError)) throw error
    })
}
