// G1 · events of one customer while no worker runs: the API stops accepting them long before Temporal would lose them.

import { randomUUID } from 'node:crypto'
import type { Client } from '@temporalio/client'
import { describe, expect } from 'vitest'
import { Backlog, BACKLOG_LIMITS } from '../../api/temporal/backlog.ts'
import type { BacklogLimits } from '../../api/temporal/backlog.ts'
import { metrics } from '../../platform/metrics.ts'
import { testApi } from '../support/api.ts'
import { onrampWith, recordsIn } from '../support/onramp.ts'
import type { Onramp } from '../support/onramp.ts'
import { send } from '../support/sender.ts'
import { at, workflowOf } from '../support/story.ts'

type App = Onramp['app']

// A backlog of fifty events takes a moment; one of 4,500 takes a minute.
const FEW: BacklogLimits = { historyEvents: 50, historyBytes: Infinity, checkEvery: 4 }
// The run continues as new below the limits, as it does with the default ones.
const settings = { continueAsNewAtEvents: 20 }
const it = onrampWith({ worker: 'none', backlogLimits: FEW, settings })

/** Sends an update with the phone number `seconds`, which happened so many seconds after the first event. */
async function update(app: App, customerId: string, seconds: number, data: object = {}): Promise<Response> {
  const event = { type: 'customer.updated', data: { customerId, phone: String(seconds), ...data }, ...at(seconds) }
  return await send(app, event, `evt_${seconds}`)
}

/** Sends updates until one is not accepted. Returns the number of accepted ones and the other response. */
async function untilRejected(apps: App[], customerId: string, data: object = {}) {
  for (let count = 0; ; count += 1) {
    const response = await update(apps[count % apps.length]!, customerId, count + 1, data)
    if (response.status !== 202) return { accepted: count, response }
    expect(count).toBeLessThan(1000)
  }
}

async function storedEvents(onramp: Onramp, runId?: string): Promise<number> {
  const { events } = await workflowOf(onramp, runId).fetchHistory()
  return (events ?? []).filter((event) => event.workflowExecutionSignaledEventAttributes).length
}

describe('G1 · events of one customer without a worker', () => {
  it('are answered 503 backlog-full in time, and every accepted one reaches HubSpot when a worker runs', async ({
    onramp,
  }) => {
    const { app, customerId } = onramp
    await onramp.registered({}, at(0))
    const { accepted, response } = await untilRejected([app], customerId)
    expect(accepted).toBeGreaterThan(FEW.historyEvents / 2)
    expect(accepted).toBeLessThan(FEW.historyEvents + FEW.checkEvery)
    expect(response.status).toBe(503)
    expect(response.headers.get('retry-after')).toBe('10')
    expect(await response.json()).toMatchObject({ code: 'backlog-full', type: '/errors#backlog-full' })
    expect(await storedEvents(onramp)).toBe(1 + accepted)
    const { runId } = await workflowOf(onramp).describe()

    await onramp.startWorker()
    await onramp.reaches('onboarded')
    expect(await storedEvents(onramp, runId)).toBe(1 + accepted)
    const phone = async () => (await recordsIn(onramp.portal)).contacts.map((contact) => contact.phone)
    await expect.poll(phone).toEqual([String(accepted)])

    // The product sends the rejected event again until it is accepted.
    const sendAgain = async () => (await update(app, customerId, accepted + 1)).status
    await expect.poll(sendAgain).toBe(202)
    await expect.poll(phone).toEqual([String(accepted + 1)])
  })

  it('stay rejected as long as no worker reads the backlog', async ({ onramp: { app, customerId } }) => {
    const { accepted } = await untilRejected([app], customerId)
    for (let again = 1; again <= 10; again += 1) expect((await update(app, customerId, accepted + 1)).status).toBe(503)
  })

  it('do not hold up another customer, who is accepted', async ({ onramp }) => {
    await untilRejected([onramp.app], onramp.customerId)
    await onramp.registered({ customerId: `cus_${randomUUID()}` })
  })

  it('count as backlog-full in onramp_webhooks_total', async ({ onramp: { app, customerId } }) => {
    const counted = async () =>
      (await metrics.webhooks.get()).values.find(({ labels }) => labels.outcome === 'backlog-full')?.value ?? 0
    const before = await counted()
    await untilRejected([app], customerId)
    expect(await counted()).toBe(before + 1)
  })

  it('are rejected in time also when two API processes accept them', async ({ onramp }) => {
    const { customerId, taskQueue } = onramp
    const another = testApi({ taskQueue, backlogLimits: FEW })
    const { accepted } = await untilRejected([onramp.app, another.app], customerId)
    expect(accepted).toBeLessThan(FEW.historyEvents + 2 * FEW.checkEvery)
    await another.client.connection.close()
  })

  it('are rejected in time also when they arrive all at once', async ({ onramp: { app, customerId } }) => {
    const responses = await Promise.all(Array.from({ length: 300 }, (_, index) => update(app, customerId, index)))
    const accepted = responses.filter(({ status }) => status === 202).length
    // As many as use Temporal at a time come on top (middleware/concurrency-limit.ts).
    expect(accepted).toBeLessThan(FEW.historyEvents + FEW.checkEvery + 2 * 64)
    const rejected = responses.filter(({ status }) => status === 503)
    const codes = await Promise.all(
      rejected.map(async (response) => ((await response.json()) as { code: string }).code),
    )
    expect(codes).toContain('backlog-full')
  })

  const itBySize = onrampWith({
    worker: 'none',
    backlogLimits: { historyEvents: Infinity, historyBytes: 100_000, checkEvery: 4 },
  })
  itBySize('are rejected by their size, too', async ({ onramp: { app, customerId } }) => {
    const { accepted, response } = await untilRejected([app], customerId, { website: 'x'.repeat(1000) })
    expect(await response.json()).toMatchObject({ code: 'backlog-full' })
    expect(accepted).toBeGreaterThan(40)
    expect(accepted).toBeLessThan(104)
  })
})

// The client here is a double, since a real backlog of this size takes minutes.
describe('the limits of the backlog', () => {
  /** Describes a run of this length and size, and counts how often it is asked. */
  function temporalWith(run: { historyLength?: number; historySize?: number; status?: string }) {
    const { historyLength = 10, historySize = 1000, status = 'RUNNING' } = run
    const asked = { times: 0 }
    const describeRun = async () => {
      asked.times += 1
      return await Promise.resolve({ historyLength, historySize, status: { name: status } })
    }
    return { asked, client: { workflow: { getHandle: () => ({ describe: describeRun }) } } as unknown as Client }
  }
  async function acceptedOf(client: Client, events: number): Promise<number> {
    const backlog = new Backlog(client)
    let accepted = 0
    for (let event = 0; event < events; event += 1) {
      try {
        await backlog.assertNotFull('cus_1')
      } catch {
        break
      }
      accepted += 1
    }
    return accepted
  }

  it.for([
    ['4,499 events', { historyLength: 4_499 }, 'accepts'],
    ['4,500 events', { historyLength: 4_500 }, 'rejects'],
    ['15,999,999 bytes', { historySize: 15_999_999 }, 'accepts'],
    ['16,000,000 bytes', { historySize: 16_000_000 }, 'rejects'],
    ['4,500 events, whose run has ended', { historyLength: 4_500, status: 'TERMINATED' }, 'accepts'],
  ] as const)('with %s in the history', async ([, run, verdict]) => {
    const accepted = await acceptedOf(temporalWith(run).client, 200)
    if (verdict === 'accepts') expect(accepted).toBe(200)
    else expect(accepted).toBeLessThan(64)
  })

  it('keep one API process below 5,000 events and 20 MB, and ten below the limits of Temporal', () => {
    const { historyEvents, historyBytes, checkEvery } = BACKLOG_LIMITS
    const longestEvent = 17_000
    const unseen = 3 * checkEvery
    expect(historyEvents + unseen).toBeLessThan(5_000)
    expect(historyBytes + unseen * longestEvent).toBeLessThan(20_000_000)
    expect(historyEvents + 10 * unseen).toBeLessThan(10_000)
    expect(historyBytes + 10 * unseen * longestEvent).toBeLessThan(50 * 1024 * 1024)
  })

  it('cost one question to Temporal for 64 events, whether one customer sends them or many', async () => {
    const one = temporalWith({})
    await acceptedOf(one.client, 6_400)
    expect(one.asked.times).toBe(100)

    const many = temporalWith({})
    const backlog = new Backlog(many.client)
    for (let customer = 0; customer < 64_000; customer += 1) await backlog.assertNotFull(`cus_${customer}`)
    // A thousand is expected; by chance it is never 300 more or less.
    expect(many.asked.times).toBeGreaterThan(700)
    expect(many.asked.times).toBeLessThan(1_300)
  })
})
