// G1, G7, G11 · Keys of payloads: rotated, missing or mixed up, and payloads that are not authentic.

import { historyToJSON } from '@temporalio/common/lib/proto-utils.js'
import { Worker } from '@temporalio/worker'
import type { Payload } from '@temporalio/common'
import { describe, expect, inject, onTestFinished } from 'vitest'
import { onboardingId } from '../../domain/ids.ts'
import { dataConverter } from '../../platform/payloads/data-converter.ts'
import { testApi } from '../support/api.ts'
import { HUBSPOT_CALLS, onrampWith, recordsIn } from '../support/onramp.ts'
import type { Onramp } from '../support/onramp.ts'
import { OTHER_KEY, PAYLOAD_KEYS, ringOf } from '../support/payload-keys.ts'
import { ask, send } from '../support/sender.ts'
import { firstContact, waitUntilParkedAt, workflowOf } from '../support/story.ts'
import { startWorkerProcess } from '../support/worker-process.ts'
import { progressSinks } from '../../worker/progress.ts'

const [OLD, NEW] = [PAYLOAD_KEYS, OTHER_KEY]
const it = onrampWith({ worker: 'own' })
const itWithBothKeys = onrampWith({ payloadKeys: `${OLD} ${NEW}` })
const itInClear = onrampWith({ payloadKeys: 'none' })
const itOnWorkerProcesses = onrampWith({ worker: 'none' })

/** Replaces the worker, so that the next one reads the histories from their start. */
async function workOnlyWith(onramp: Onramp, payloadKeys: string): Promise<void> {
  await onramp.stopWorker()
  await onramp.startWorker(undefined, payloadKeys)
}

async function statusOf({ app, customerId }: Onramp): Promise<{ code?: string; detail?: string; phase?: string }> {
  return (await (await ask(app, `/v1/customers/${customerId}`)).json()) as { code?: string }
}

const waitForPhone = (onramp: Onramp, phone: string) =>
  expect.poll(async () => (await firstContact(onramp))?.phone).toBe(phone)

/** The payload of the first event in the customer's history, as Temporal stores it. */
async function storedEvent(onramp: Onramp, customerId = onramp.customerId): Promise<Payload> {
  const { events } = await onramp.client.workflow.getHandle(onboardingId(customerId)).fetchHistory()
  const signal = events?.find((event) => event.workflowExecutionSignaledEventAttributes)
  return signal!.workflowExecutionSignaledEventAttributes!.input!.payloads![0]!
}

async function signalWith({ client, customerId }: Onramp, name: string, payload: Payload): Promise<void> {
  await client.workflowService.signalWorkflowExecution({
    namespace: inject('temporalNamespace'),
    workflowExecution: { workflowId: onboardingId(customerId) },
    signalName: name,
    input: { payloads: [payload] },
  })
}

describe('a rotated key', () => {
  itWithBothKeys(
    'G1 · is first in the ring while histories of the old one are read, and the old one goes last',
    async ({ onramp }) => {
      await onramp.registered()
      await onramp.reaches('onboarded')

      // First the new key encrypts, in workers and API alike, and both read what the old one wrote.
      await workOnlyWith(onramp, `${NEW} ${OLD}`)
      const { app, client } = testApi({ payloadKeys: `${NEW} ${OLD}`, taskQueue: onramp.taskQueue })
      onTestFinished(() => client.connection.close())
      const updated = async (phone: string) => {
        const data = { customerId: onramp.customerId, phone }
        expect((await send(app, { type: 'customer.updated', data })).status).toBe(202)
        await waitForPhone(onramp, phone)
      }
      await updated('2')

      // The next run has a history of its own, without the old key.
      const { runId } = await workflowOf(onramp).describe()
      await client.workflow.getHandle(onboardingId(onramp.customerId)).signal('versionDeployed')
      await expect.poll(async () => (await workflowOf(onramp).describe()).runId).not.toBe(runId)
      await workOnlyWith(onramp, NEW)
      await updated('3')
      expect(onramp.unreadable).toEqual([])
    },
  )

  itWithBothKeys(
    'G1 · that is removed too early loses nothing: status, log and readiness name it, and all goes on with it',
    async ({ onramp }) => {
      await onramp.registered()
      await onramp.reaches('onboarded')
      await workOnlyWith(onramp, NEW)
      // The question alone fails, since no event has come.
      const asked = async () => (await statusOf(onramp)).detail
      await expect.poll(asked).toContain('The workers have no key test for the payloads')

      await onramp.updated({ phone: '2' })

      // On a busy machine the API may take Temporal for unavailable at first.
      await expect
        .poll(() => statusOf(onramp))
        .toMatchObject({ code: 'hung', detail: expect.stringContaining('no key test') })
      expect(onramp.unreadable).toContainEqual(expect.objectContaining({ cause: 'unknown-key', keyId: 'test' }))
      expect((await firstContact(onramp))?.phone).toBeUndefined()

      await workOnlyWith(onramp, `${NEW} ${OLD}`)
      await waitForPhone(onramp, '2')
      expect(await onramp.status()).toMatchObject({ phase: 'onboarded', malformedEvents: 0 })
    },
  )
})

describe('a worker without the key of the API', () => {
  itOnWorkerProcesses(
    'names it in its log, its readiness and its metrics, and another worker does the work',
    async ({ onramp }) => {
      const without = await startWorkerProcess(onramp, { PAYLOAD_KEYS: NEW })
      onTestFinished(() => without.kill())
      await onramp.registered()
      await expect
        .poll(() => without.ready())
        .toEqual({ status: 503, body: { status: 'unavailable', failing: ['payload-key:test'] } })
      const lines = without
        .output()
        .split('\n')
        .filter((line) => line.includes('a key of payloads is missing'))
      expect(lines).toEqual([expect.stringContaining('"keyId":"test"')])
      expect(await without.metrics()).toMatch(/onramp_unreadable_payloads_total\{cause="unknown-key"\} [1-9]/)
      expect((await recordsIn(onramp.portal)).contacts).toEqual([])

      await without.stop()
      const withKey = await startWorkerProcess(onramp, { PAYLOAD_KEYS: `${NEW} ${OLD}` })
      onTestFinished(() => withKey.kill())
      await expect.poll(() => firstContact(onramp)).toMatchObject({ email: 'ada@example.com' })
    },
  )

  it('is also one with another key of the same id: two keys were mixed up, and the events are kept', async ({
    onramp,
  }) => {
    await workOnlyWith(onramp, `test:${Buffer.alloc(32, 9).toString('base64')}`)
    await onramp.registered()
    await expect.poll(() => statusOf(onramp)).toMatchObject({ code: 'hung' })
    await workOnlyWith(onramp, OLD)
    expect(await onramp.reaches('onboarded')).toMatchObject({ malformedEvents: 0 })
  })

  it('is an API that lacks the key of the workers: the status says so', async ({ onramp }) => {
    await workOnlyWith(onramp, `${NEW} ${OLD}`)
    await onramp.registered()
    await expect.poll(async () => (await recordsIn(onramp.portal)).associations).toHaveLength(1)
    const { code, detail } = await statusOf(onramp)
    expect(code).toBe('hung')
    expect(detail).toContain('encrypt with the key other, which this API does not have')
  })
})

describe('G7 · a signal whose payload is not authentic', () => {
  it('has no effect, is counted and noted, and fails no workflow task', async ({ onramp }) => {
    const { customerId } = onramp
    await onramp.registered()
    await onramp.registered({ customerId: `${customerId}-bob`, email: 'bob@example.com', firstName: 'Bob' })
    await onramp.reaches('onboarded')
    const own = await storedEvent(onramp)
    const ofBob = await storedEvent(onramp, `${customerId}-bob`)

    const relabelled = { ...ofBob, metadata: { ...ofBob.metadata, 'workflow-id': own.metadata!['workflow-id']! } }
    const clear = { id: 'evt_x', at: Date.now(), customer: { firstName: 'Eve' } }
    const forged: Payload[] = [
      ofBob,
      relabelled,
      { metadata: own.metadata!, data: own.data!.subarray(0, -1) },
      { metadata: { encoding: Buffer.from('json/plain') }, data: Buffer.from(JSON.stringify(clear)) },
    ]
    for (const payload of forged) await signalWith(onramp, 'customerUpdated', payload)
    // Even an erasure, which needs no payload.
    await signalWith(onramp, 'customerErased', ofBob)
    await signalWith(onramp, 'attentionResumed', ofBob)

    await expect.poll(async () => (await onramp.status()).malformedEvents).toBe(6)
    const status = await onramp.status()
    expect(status.phase).toBe('onboarded')
    expect(status.timeline.at(-1)).toMatchObject({ what: 'event', outcome: 'malformed, without effect' })
    const names = (await recordsIn(onramp.portal)).contacts.map(({ firstname }) => firstname)
    expect(new Set(names)).toEqual(new Set(['Ada', 'Bob']))
    expect(new Set(onramp.unreadable.map(({ cause }) => cause))).toEqual(new Set(['other-workflow', 'forged', 'clear']))

    const { events } = await workflowOf(onramp).fetchHistory()
    expect(events?.some((event) => event.workflowTaskFailedEventAttributes)).toBe(false)
    await onramp.updated({ phone: '2' })
    await expect
      .poll(async () => (await recordsIn(onramp.portal)).contacts)
      .toContainEqual(expect.objectContaining({ phone: '2' }))
  })

  it('cannot be an update either: a correction in clear is rejected', async ({ onramp }) => {
    await onramp.portal.fault({ ...HUBSPOT_CALLS.createContact, effect: { kind: 'status', status: 400 } })
    await onramp.registered()
    await waitUntilParkedAt(onramp, 'contact')
    const { outcome } = await onramp.client.workflowService.updateWorkflowExecution({
      namespace: inject('temporalNamespace'),
      workflowExecution: { workflowId: onboardingId(onramp.customerId) },
      waitPolicy: { lifecycleStage: 3 },
      request: {
        meta: { updateId: 'update_1', identity: 'eve' },
        input: {
          name: 'correct',
          args: {
            payloads: [{ metadata: { encoding: Buffer.from('json/plain') }, data: Buffer.from('{"phone":"666"}') }],
          },
        },
      },
    })
    expect(outcome?.failure?.applicationFailureInfo?.type).toBe('unreadable')
    expect((await onramp.status()).parked).toHaveLength(1)
  })
})

describe('a history in clear', () => {
  itInClear(
    'G1 · is not read by a worker that encrypts, until PAYLOAD_KEYS says so; nothing is lost meanwhile',
    async ({ onramp }) => {
      await onramp.stopWorker()
      await onramp.registered()
      await onramp.startWorker(undefined, OLD)
      await expect.poll(() => onramp.unreadable.map(({ cause }) => cause)).toContain('clear')
      await expect.poll(() => statusOf(onramp)).toMatchObject({ code: 'hung' })
      expect((await recordsIn(onramp.portal)).contacts).toEqual([])

      await workOnlyWith(onramp, `none ${OLD}`)
      await onramp.reaches('onboarded')
    },
  )

  it('goes on encrypted where `none` comes after the key', async ({ onramp }) => {
    await workOnlyWith(onramp, `${OLD} none`)
    await onramp.registered()
    await onramp.reaches('onboarded')
    const clear = { id: 'evt_x', at: Date.now(), customer: { phone: '7' } }
    await signalWith(onramp, 'customerUpdated', {
      metadata: { encoding: Buffer.from('json/plain') },
      data: Buffer.from(JSON.stringify(clear)),
    })
    await waitForPhone(onramp, '7')
  })
})

describe('an encrypted history', () => {
  it('replays with its key, and only with it', async ({ onramp }) => {
    await onramp.registered()
    await onramp.reaches('onboarded')
    await onramp.updated({ phone: '2' })
    await waitForPhone(onramp, '2')
    const history: unknown = JSON.parse(historyToJSON(await workflowOf(onramp).fetchHistory()))
    const replayWith = async (payloadKeys: string) =>
      await Worker.runReplayHistory(
        {
          workflowBundle: { codePath: inject('workflowBundlePath') },
          sinks: progressSinks(),
          dataConverter: dataConverter({
            ring: ringOf(payloadKeys),
            namespace: inject('temporalNamespace'),
            unreadableMessages: 'mark',
          }),
        },
        history,
        onboardingId(onramp.customerId),
      )
    await replayWith(OLD)
    await expect(replayWith(NEW)).rejects.toThrow('UnknownPayloadKey:test')
  })
})
