// docs/operations/move.md: all customers move from one Temporal server to another with the page's commands.

import { mkdtemp, readFile, rm, stat, truncate } from 'node:fs/promises'
import { randomUUID } from 'node:crypto'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, onTestFinished } from 'vitest'
import { onboardingId } from '../../../domain/ids.ts'
import { onboardingStatus } from '../../../workflows/messages.ts'
import { testApi } from '../../support/api.ts'
import { resume } from '../../support/given.ts'
import { ownNamespace } from '../../support/namespace.ts'
import { HUBSPOT_CALLS, onrampWith, recordsIn } from '../../support/onramp.ts'
import type { Onramp } from '../../support/onramp.ts'
import { runPage } from '../../support/page-commands.ts'
import { OTHER_KEY, PAYLOAD_KEYS } from '../../support/payload-keys.ts'
import { startProcess } from '../../support/process.ts'
import { sendUntilAccepted } from '../../support/sender.ts'
import { startTestTemporal } from '../../support/temporal.ts'
import { startWorkerProcess } from '../../support/worker-process.ts'

const it = onrampWith({ worker: 'own', namespace: 'own' })
const itWithout = onrampWith({ worker: 'none', namespace: 'own' })

let cluster: Awaited<ReturnType<typeof startTestTemporal>>
beforeAll(async () => {
  cluster = await startTestTemporal()
})
afterAll(() => cluster.stop())

afterEach(forgetWhoLeft)

/** Without them: an export also finds those who left for a file that is lost, here those of the test before. */
async function forgetWhoLeft(): Promise<void> {
  const { client } = testApi({ namespace: await ownNamespace() })
  const { workflow, workflowService, options } = client
  for await (const { workflowId, runId } of workflow.list({ query: `ExecutionStatus = 'Completed'` })) {
    await workflowService.deleteWorkflowExecution({
      namespace: options.namespace,
      workflowExecution: { workflowId, runId },
    })
  }
  await expect.poll(async () => (await workflow.count(`ExecutionStatus = 'Completed'`)).count).toBe(0)
  await client.connection.close()
}

/** A file of its own for each test. */
async function newFile(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'onramp-test-move-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  return join(folder, 'customers.ndjson')
}

/** The variables of the old Temporal. */
async function old(file: string) {
  return { FILE: file, TEMPORAL_NAMESPACE: await ownNamespace(), PAYLOAD_KEYS }
}

/** The variables of the new one. */
function fresh(file: string, { taskQueue }: Onramp) {
  return { FILE: file, TEMPORAL_ADDRESS: cluster.address, TEMPORAL_TASK_QUEUE: taskQueue, PAYLOAD_KEYS }
}

const exportTo = async (file: string) => await runPage('operations/move.md', 'npm run move -- export', await old(file))
const importFrom = async (file: string, onramp: Onramp) =>
  await runPage('operations/move.md', 'npm run move -- import', fresh(file, onramp))

/** onramp on the new Temporal, with the same HubSpot. */
async function newOnramp(onramp: Onramp): Promise<Onramp> {
  const { taskQueue } = onramp
  const worker = await startWorkerProcess(onramp, { TEMPORAL_ADDRESS: cluster.address })
  onTestFinished(() => worker.kill())
  const { app, client } = testApi({ address: cluster.address, taskQueue })
  onTestFinished(() => client.connection.close())
  const status = async (id = onramp.customerId) =>
    await client.workflow.getHandle(onboardingId(id)).query(onboardingStatus)
  const send = async (type: string, data: Record<string, unknown>) =>
    await sendUntilAccepted(app, { type, data: { customerId: onramp.customerId, ...data } })
  return {
    ...onramp,
    app,
    client,
    status,
    registered: (data = {}) => send('customer.registered', data),
    updated: (data) => send('customer.updated', data),
    async reaches(phase, id = onramp.customerId) {
      await expect.poll(async () => (await status(id)).phase).toBe(phase)
      return await status(id)
    },
  }
}

const person = (name: string) => ({
  customerId: `${name}-${randomUUID()}`,
  email: `${name}@example.com`,
  firstName: name,
  company: { name: `${name} Ltd`, domain: `${name}.example` },
})

describe('customers who move to another Temporal', () => {
  it('go on where they were, on the same records in HubSpot, and nothing is doubled', async ({ onramp }) => {
    const [done, parked, early] = [person('done'), person('parked'), person('early')]
    const [erased, busy] = [person('erased'), person('busy')]
    for (const customer of [done, parked, erased]) {
      await onramp.registered(customer)
      await onramp.reaches('onboarded', customer.customerId)
    }
    const { customerId: parkedId } = parked
    await onramp.portal.fault({ ...HUBSPOT_CALLS.updateContact, effect: { kind: 'status', status: 400 } })
    await onramp.updated({ customerId: parkedId, phone: '1' })
    await expect.poll(async () => (await onramp.status(parkedId)).attention?.reason).toBe('refused-by-hubspot')
    await onramp.updated({ customerId: early.customerId, phone: '2' })
    await onramp.reaches('awaiting-registration', early.customerId)
    await sendUntilAccepted(onramp.app, { type: 'customer.erased', data: { customerId: erased.customerId } })
    await onramp.reaches('erased', erased.customerId)
    // The worker is in the middle of this call: HubSpot has created the contact, and the worker does not know.
    await onramp.portal.fault({ ...HUBSPOT_CALLS.createContact, effect: { kind: 'commit-then-hang' } })
    await onramp.registered(busy)
    await expect.poll(async () => (await recordsIn(onramp.portal)).contacts.length).toBe(3)
    const before = await onramp.status(done.customerId)

    const file = await newFile()
    expect(await exportTo(file)).toContain('5 customers of the namespace')
    await onramp.stopWorker()
    expect(await importFrom(file, onramp)).toContain('5 customers started')

    const moved = await newOnramp(onramp)
    expect(await moved.status(done.customerId)).toMatchObject({ hubspot: before.hubspot, fields: before.fields })
    await moved.updated({ customerId: done.customerId, phone: '3' })
    await moved.reaches('onboarded', busy.customerId)
    expect((await moved.status(parkedId)).attention?.reason).toBe('refused-by-hubspot')
    const resumed = await resume({ ...moved, customerId: parkedId })
    expect(resumed.status).toBe(202)
    await moved.registered(early)
    await moved.reaches('onboarded', early.customerId)
    await moved.updated({ customerId: erased.customerId, phone: '4' })
    await expect.poll(async () => (await moved.status(erased.customerId)).lateEvents).toBe(1)

    const phones = async () =>
      Object.fromEntries(
        (await recordsIn(onramp.portal)).contacts.map(({ firstname, phone }) => [firstname, phone ?? null]),
      )
    await expect.poll(phones).toEqual({ done: '3', parked: '1', early: '2', busy: null })
    const { contacts, companies, associations } = await recordsIn(onramp.portal)
    // The erased customer's company stays: it belongs to a domain.
    expect([contacts.length, companies.length, associations.length]).toEqual([4, 5, 4])
    expect(await onramp.client.workflow.count(`ExecutionStatus = 'Running'`)).toMatchObject({ count: 0 })
  })

  it('do not wait for HubSpot before they leave, and go on waiting afterwards', async ({ onramp }) => {
    await onramp.portal.fault({ ...HUBSPOT_CALLS.createContact, times: null, effect: { kind: 'status', status: 503 } })
    await onramp.registered()
    await expect.poll(async () => (await onramp.portal.requests(HUBSPOT_CALLS.createContact)).length).toBeGreaterThan(1)
    const file = await newFile()
    expect(await exportTo(file)).toContain('1 customers of the namespace')
    await onramp.stopWorker()
    await importFrom(file, onramp)
    const moved = await newOnramp(onramp)
    await expect.poll(async () => (await moved.status()).pendingStep?.step).toBe('contact')
    await onramp.portal.clearFaults()
    await moved.reaches('onboarded')
    const { contacts, companies } = await recordsIn(onramp.portal)
    expect([contacts.length, companies.length]).toEqual([1, 1])
  })

  it('are in a file that only this user can read, with nothing but their ids in clear', async ({ onramp }) => {
    await onramp.registered({ firstName: 'Canary' })
    await onramp.reaches('onboarded')
    const file = await newFile()
    await exportTo(file)
    expect((await stat(file)).mode & 0o777).toBe(0o600)
    const text = await readFile(file, 'utf8')
    expect(text).toContain(`"customerId":"${onramp.customerId}"`)
    const bytes = [...text.matchAll(/"data":"(.*?)"/g)].map(([, data]) => Buffer.from(data ?? '', 'base64').toString())
    expect(bytes.length).toBeGreaterThan(0)
    for (const part of [text, ...bytes]) expect(part).not.toMatch(/Canary|example\.com/)
  })
})

describe('an export that was interrupted', () => {
  it('goes on with the same file, and finds those who have left but are not in it', async ({ onramp }) => {
    await onramp.registered()
    await onramp.reaches('onboarded')
    const file = await newFile()
    await exportTo(file)
    const { size } = await stat(file)
    // Killed in the middle of the customer's line. The end follows it.
    await truncate(file, size - 60)
    await expect(importFrom(file, onramp)).rejects.toThrow(/is no file of|has no end/)
    expect(await exportTo(file)).toContain('1 customers of the namespace')
    expect(await importFrom(file, onramp)).toContain('1 customers started')
  })

  it('names a customer for whom an API has accepted an event since', async ({ onramp }) => {
    await onramp.registered()
    await onramp.reaches('onboarded')
    const file = await newFile()
    await exportTo(file)
    await onramp.updated({ phone: '7' })
    await expect(exportTo(file)).rejects.toThrow(`${onramp.customerId}: is in the file, and has a new onboarding`)
    // The workers write what was accepted.
    await expect.poll(async () => (await recordsIn(onramp.portal)).contacts[0]?.phone).toBe('7')
  })

  itWithout('names a customer for whom no worker answers', async ({ onramp }) => {
    await onramp.registered()
    const file = await newFile()
    await expect(exportTo(file)).rejects.toThrow(`${onramp.customerId}: its workers do not answer`)
    await onramp.startWorker()
    await onramp.reaches('onboarded')
    expect(await exportTo(file)).toContain('1 customers of the namespace')
  })

  it('only says how many would leave, unless it is confirmed', async ({ onramp }) => {
    await onramp.registered()
    await onramp.reaches('onboarded')
    const file = await newFile()
    const run = startProcess('move/main.ts', await old(file), ['export', file])
    expect(await run.ended).toBe(2)
    expect(run.output()).toMatch(/1 onboarding is open in the namespace \S+ at \S+\. .* Confirm it with --yes/)
    await onramp.updated({ phone: '1' })
  })
})

describe('an import', () => {
  it('changes nothing when it is repeated, and brings customers back where they came from', async ({ onramp }) => {
    await onramp.registered()
    const { hubspot } = await onramp.reaches('onboarded')
    const file = await newFile()
    await exportTo(file)
    await importFrom(file, onramp)
    expect(await importFrom(file, onramp)).toContain('0 customers started')
    const back = await runPage('operations/move.md', 'npm run move -- import', {
      ...(await old(file)),
      TEMPORAL_TASK_QUEUE: onramp.taskQueue,
    })
    expect(back).toContain('1 customers started')
    await onramp.updated({ phone: '5' })
    await expect.poll(async () => (await recordsIn(onramp.portal)).contacts[0]?.phone).toBe('5')
    expect((await onramp.status()).hubspot).toMatchObject({ contactId: hubspot.contactId })
  })

  it('leaves a customer alone who has another onboarding there, and names it', async ({ onramp }) => {
    await onramp.registered()
    await onramp.reaches('onboarded')
    const file = await newFile()
    await exportTo(file)
    const { app, client } = testApi({ address: cluster.address, taskQueue: onramp.taskQueue })
    onTestFinished(() => client.connection.close())
    await sendUntilAccepted(app, { type: 'customer.updated', data: { customerId: onramp.customerId, phone: '6' } })
    await expect(importFrom(file, onramp)).rejects.toThrow(`${onramp.customerId}: has an onboarding here`)
  })

  it('starts nobody when a key is missing, and names the key', async ({ onramp }) => {
    await onramp.registered()
    await onramp.reaches('onboarded')
    const file = await newFile()
    await exportTo(file)
    const withOther = { ...fresh(file, onramp), PAYLOAD_KEYS: OTHER_KEY }
    const attempt = runPage('operations/move.md', 'npm run move -- import', withOther)
    await expect(attempt).rejects.toThrow('PAYLOAD_KEYS has no key test')
    expect(await importFrom(file, onramp)).toContain('1 customers started')
  })
})
