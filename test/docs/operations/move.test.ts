// docs/operations/move.md: all customers move from one Temporal server to another with the page's commands.

import { mkdtemp, readFile, rm, stat, truncate } from 'node:fs/promises'
import { randomUUID } from 'node:crypto'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, onTestFinished } from 'vitest'
import type { Client, WorkflowExecutionInfo } from '@temporalio/client'
import { onboardingId } from '../../../domain/ids.ts'
import { GrowingFile } from '../../../move/customers-file.ts'
import { exportCustomers } from '../../../move/export.ts'
import { StateCodec } from '../../../move/state-codec.ts'
import type { ExportResult } from '../../../move/export.ts'
import { leave, onboardingStatus } from '../../../workflows/messages.ts'
import { testApi } from '../../support/api.ts'
import { resume } from '../../support/given.ts'
import { ownNamespace } from '../../support/namespace.ts'
import { HUBSPOT_CALLS, onrampWith, recordsIn } from '../../support/onramp.ts'
import type { Onramp } from '../../support/onramp.ts'
import { runPage } from '../../support/page-commands.ts'
import { OTHER_KEY, PAYLOAD_KEYS, ringOf } from '../../support/payload-keys.ts'
import { startProcess } from '../../support/process.ts'
import { sendUntilAccepted } from '../../support/sender.ts'
import { waitUntilCompleted } from '../../support/story.ts'
import { startTestTemporal } from '../../support/temporal.ts'
import { startWorkerProcess } from '../../support/worker-process.ts'

const it = onrampWith({ worker: 'own', namespace: 'own' })
const itWithIdleCustomers = onrampWith({ worker: 'own', namespace: 'own', settings: { idleDays: 0 } })
const itWithout = onrampWith({ worker: 'none', namespace: 'own' })

let cluster: Awaited<ReturnType<typeof startTestTemporal>>
beforeAll(async () => {
  cluster = await startTestTemporal()
})
afterAll(() => cluster.stop())

afterEach(forgetCustomers)

async function forgetCustomers(): Promise<void> {
  await forgetWhoLeft(testApi({ namespace: await ownNamespace() }).client)
  const { client } = testApi({ address: cluster.address })
  // The worker of the new Temporal ends with the test.
  for await (const { workflowId } of client.workflow.list({ query: RUNNING }))
    await client.workflow.getHandle(workflowId).terminate('the test is over')
  await expect.poll(async () => (await client.workflow.count(RUNNING)).count).toBe(0)
  await forgetWhoLeft(client)
}

const RUNNING = `ExecutionStatus = 'Running'`
const COMPLETED = `ExecutionStatus = 'Completed'`

/** Without them: an export also finds those who left for a file that is lost, here those of the test before. */
async function forgetWhoLeft({ workflow, workflowService, options, connection }: Client): Promise<void> {
  for await (const { workflowId, runId } of workflow.list({ query: COMPLETED })) {
    await workflowService.deleteWorkflowExecution({
      namespace: options.namespace,
      workflowExecution: { workflowId, runId },
    })
  }
  await expect.poll(async () => (await workflow.count(COMPLETED)).count).toBe(0)
  await connection.close()
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

/** The variables of the old Temporal, for the import of the way back. */
async function oldAgain(file: string, { taskQueue }: Onramp) {
  return { ...(await old(file)), TEMPORAL_TASK_QUEUE: taskQueue }
}

/** Exports in this process. `listed` answers as Temporal's list does until its lag is over. */
async function exportWithLag(
  file: string,
  listed: (query: string, count: number) => WorkflowExecutionInfo[] | null,
): Promise<ExportResult> {
  const { client } = testApi({ namespace: await ownNamespace() })
  onTestFinished(() => client.connection.close())
  const { workflow } = client
  const list = workflow.list.bind(workflow)
  let count = 0
  const withLag: typeof workflow.list = (options) => {
    const answer = listed(options?.query ?? '', (count += 1))
    if (answer === null) return list(options)
    return Object.assign(iterate(answer), { intoHistories: list(options).intoHistories })
  }
  Object.assign(workflow, { list: withLag })
  const growing = await GrowingFile.open(file)
  const result = await exportCustomers({
    client,
    file: growing,
    codec: new StateCodec(ringOf(PAYLOAD_KEYS)),
    log: () => {},
  })
  await growing.end()
  return result
}

async function* iterate<Item>(items: Item[]): AsyncGenerator<Item> {
  yield* items
}

/** The customer leaves, as for an export that is killed in this moment. Returns what Temporal's list had before. */
async function leavesForNobody({ client, customerId }: Onramp): Promise<WorkflowExecutionInfo[]> {
  const before: WorkflowExecutionInfo[] = []
  for await (const run of client.workflow.list({ query: RUNNING })) before.push(run)
  await client.workflow.getHandle(onboardingId(customerId)).executeUpdate(leave)
  return before
}

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
    stopWorker: () => worker.kill(),
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
    expect(await onramp.client.workflow.count(RUNNING)).toMatchObject({ count: 0 })
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

  it('takes those who have left already, while the list still has them as open', async ({ onramp }) => {
    await onramp.registered()
    await onramp.reaches('onboarded')
    const file = await newFile()
    const open = await leavesForNobody(onramp)
    expect(open.length).toBe(1)
    const result = await exportWithLag(file, (query) => (query.includes('Running') ? open : []))
    expect(result).toEqual({ exported: 1, problems: [] })
    await onramp.stopWorker()
    expect(await importFrom(file, onramp)).toContain('1 customers started')
  })

  it('looks again for those who leave between its two lists', async ({ onramp }) => {
    await onramp.registered()
    await onramp.reaches('onboarded')
    const file = await newFile()
    await leavesForNobody(onramp)
    // The first list, of the completed runs, came before.
    const result = await exportWithLag(file, (_query, count) => (count === 1 ? [] : null))
    expect(result).toEqual({ exported: 1, problems: [] })
  })

  it('keeps the state of a customer who has left, when an API has accepted an event since', async ({ onramp }) => {
    await onramp.registered()
    await onramp.reaches('onboarded')
    const file = await newFile()
    await leavesForNobody(onramp)
    await onramp.updated({ phone: '7' })
    await expect(exportTo(file)).rejects.toThrow(`${onramp.customerId}: is in the file, and has a new onboarding`)
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

describe('an erasure that an API accepts during the export', () => {
  it('moves as well, so that the customer is erased in the new Temporal', async ({ onramp }) => {
    await onramp.registered({ firstName: 'Canary' })
    await onramp.reaches('onboarded')
    const file = await newFile()
    await exportTo(file)
    await onramp.erased()
    await onramp.reaches('erased')
    expect(await exportTo(file)).toContain('1 customers of the namespace')
    expect(await exportTo(file)).toContain('0 customers of the namespace')
    await onramp.stopWorker()
    expect(await importFrom(file, onramp)).toContain('1 customers started')
    const moved = await newOnramp(onramp)
    await moved.reaches('erased')
    await moved.updated({ phone: '4' })
    await expect.poll(async () => (await moved.status()).lateEvents).toBe(1)
    expect((await recordsIn(onramp.portal)).contacts).toEqual([])
    expect(await importFrom(file, onramp)).toContain('1 were there already')
  })

  it('moves although the run of the erasure had left for an export that was killed', async ({ onramp }) => {
    await onramp.registered()
    await onramp.reaches('onboarded')
    const file = await newFile()
    await exportTo(file)
    await onramp.erased()
    await onramp.reaches('erased')
    await leavesForNobody(onramp)
    expect(await exportTo(file)).toContain('1 customers of the namespace')
    await onramp.stopWorker()
    await importFrom(file, onramp)
    await (await newOnramp(onramp)).reaches('erased')
  })

  it('is named when the file was imported before', async ({ onramp }) => {
    await onramp.registered()
    await onramp.reaches('onboarded')
    const file = await newFile()
    await exportTo(file)
    await importFrom(file, onramp)
    await onramp.erased()
    await onramp.reaches('erased')
    await exportTo(file)
    await expect(importFrom(file, onramp)).rejects.toThrow(`npm run customer -- erase ${onramp.customerId} --yes`)
  })
})

describe('the way back', () => {
  it('takes a new file, and brings what the new Temporal has accepted', async ({ onramp }) => {
    await onramp.registered()
    const { hubspot } = await onramp.reaches('onboarded')
    const there = await newFile()
    await exportTo(there)
    await onramp.stopWorker()
    await importFrom(there, onramp)
    const moved = await newOnramp(onramp)
    await onramp.portal.fault({ ...HUBSPOT_CALLS.updateContact, effect: { kind: 'status', status: 400 } })
    await moved.updated({ phone: '8' })
    await expect.poll(async () => (await moved.status()).attention?.reason).toBe('refused-by-hubspot')

    const back = await newFile()
    const ofNew = (file: string) => runPage('operations/move.md', 'npm run move -- export', fresh(file, onramp))
    await expect(ofNew(there)).rejects.toThrow('Each move needs a new file')
    expect(await ofNew(back)).toContain('1 customers of the namespace')
    await moved.stopWorker()
    await onramp.startWorker()
    const imported = await runPage('operations/move.md', 'npm run move -- import', await oldAgain(back, onramp))
    expect(imported).toContain('1 customers started')

    expect((await onramp.status()).attention?.reason).toBe('refused-by-hubspot')
    expect((await resume(onramp)).status).toBe(202)
    await expect.poll(async () => (await recordsIn(onramp.portal)).contacts[0]?.phone).toBe('8')
    expect((await onramp.status()).hubspot).toMatchObject({ contactId: hubspot.contactId })
    expect((await recordsIn(onramp.portal)).contacts.length).toBe(1)

    // The states of the first file are older, in either Temporal.
    const again = runPage('operations/move.md', 'npm run move -- import', await oldAgain(there, onramp))
    await expect(again).rejects.toThrow('imported into another namespace')
    await expect(importFrom(there, onramp)).rejects.toThrow(`${onramp.customerId}: has an onboarding here`)
  })

  it('is an import of the first file as long as nobody has imported it', async ({ onramp }) => {
    await onramp.registered()
    await onramp.reaches('onboarded')
    const file = await newFile()
    await exportTo(file)
    const imported = await runPage('operations/move.md', 'npm run move -- import', await oldAgain(file, onramp))
    expect(imported).toContain('1 customers started')
    await onramp.updated({ phone: '5' })
    await expect.poll(async () => (await recordsIn(onramp.portal)).contacts[0]?.phone).toBe('5')
  })
})

describe('a customer who completed (idle) before the move', () => {
  itWithIdleCustomers('comes back with what the new Temporal knows', async ({ onramp }) => {
    await onramp.registered()
    await waitUntilCompleted(onramp)
    await onramp.stopWorker()
    const moved = await newOnramp(onramp)
    await moved.updated({ phone: '9' })
    await expect.poll(async () => (await recordsIn(onramp.portal)).contacts[0]?.phone).toBe('9')
    await moved.reaches('onboarded')
    const back = await newFile()
    await runPage('operations/move.md', 'npm run move -- export', fresh(back, onramp))
    await moved.stopWorker()
    const imported = await runPage('operations/move.md', 'npm run move -- import', await oldAgain(back, onramp))
    expect(imported).toContain('1 customers started')
    await onramp.startWorker()
    expect((await onramp.reaches('onboarded')).timeline.map(({ outcome }) => outcome)).toContain('found in HubSpot')
  })
})

describe('an import', () => {
  it('changes nothing when it is repeated', async ({ onramp }) => {
    await onramp.registered()
    await onramp.reaches('onboarded')
    const file = await newFile()
    await exportTo(file)
    await importFrom(file, onramp)
    expect(await importFrom(file, onramp)).toContain('0 customers started')
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
