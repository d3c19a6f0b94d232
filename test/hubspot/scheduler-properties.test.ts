// G10 · The scheduler against any load and any faults, under a fake clock: what holds for every call and for every window.

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { CallKind } from '../../hubspot/client/call-kind.ts'
import { HubSpotError } from '../../hubspot/client/hubspot-error.ts'
import { QuotaScheduler } from '../../hubspot/client/scheduler.ts'
import type { SchedulerOptions } from '../../hubspot/client/scheduler.ts'
import { FakeClock } from '../support/fake-clock.ts'
import { failure, LimitedHubSpot } from '../support/limited-hubspot.ts'
import type { LimitedHubSpotOptions, Row } from '../support/limited-hubspot.ts'

const LIVE = { priority: 'live', maxWaitMs: null, signal: undefined, admit: () => {} } as const
const BULK = { ...LIVE, priority: 'bulk' } as const
const FIRST = { ...LIVE, priority: 'first' } as const
const KINDS = ['contact.read', 'contact.create', 'company.create', 'association.create'] as const satisfies CallKind[]

interface Arrival {
  at: number
  kind: number
  record: number
  priority: 'live' | 'bulk'
  /** Goes alone, before all others, without gathering. */
  first: boolean
}

interface Load {
  maxMs: number
  most: number
  records?: number
  /** One call in so many is a first one. */
  firstIn?: number
}

const arrivals = ({ maxMs, most, records = 300, firstIn = 10 }: Load) =>
  fc.array(
    fc.record<Arrival>({
      at: fc.integer({ min: 0, max: maxMs }),
      kind: fc.nat({ max: KINDS.length - 1 }),
      record: fc.nat({ max: records }),
      priority: fc.constantFrom('live', 'live', 'live', 'bulk'),
      first: fc.nat({ max: firstIn - 1 }).map((one) => one === 0),
    }),
    { minLength: 1, maxLength: most, size: 'max' },
  )

function start(
  options: Omit<LimitedHubSpotOptions, 'clock'> = {},
  schedulerOptions: SchedulerOptions = {},
  maxRows = 100,
) {
  const clock = new FakeClock()
  const hubspot = new LimitedHubSpot({ clock, ...options })
  const scheduler = new QuotaScheduler({ clock, ...schedulerOptions })
  const batches = KINDS.map((kind) => hubspot.batch(kind, maxRows))
  const send = async ({ at, kind, record, priority, first }: Arrival, name: string): Promise<unknown> => {
    await clock.sleep(at)
    const row = { name, record: `record ${record}` }
    return first
      ? await scheduler.call('contact.read', () => hubspot.answer('contact.erase', [name]), FIRST)
      : await scheduler.row(batches[kind]!, row, { ...LIVE, priority })
  }
  return { clock, hubspot, scheduler, batches, send }
}

describe('G10 · the quota', () => {
  it('is never exceeded, as HubSpot counts its rolling window, under any load, latency and limit', async () => {
    await fc.assert(
      fc.asyncProperty(
        arrivals({ maxMs: 25_000, most: 1200, firstIn: 2 }),
        fc.constantFrom(100, 190, 250),
        fc.integer({ min: 0, max: 1500 }),
        fc.infiniteStream(fc.double({ min: 0, max: 1, noNaN: true })),
        async (list, max, latencyMs, spread) => {
          const { clock, hubspot, send } = start(
            { max, latencyMs: () => latencyMs * Number(spread.next().value) },
            { reservePercent: 0 },
          )
          await clock.until(Promise.all(list.map((arrival, index) => send(arrival, `row ${index}`))))
          expect(hubspot.over).toEqual([])
          expect(new Set(hubspot.requests.flatMap(({ rows }) => rows)).size).toBe(list.length)
        },
      ),
      { numRuns: 15, endOnFailure: true },
    )
  })

  it('keeps no call waiting for longer than the gathering interval while HubSpot would answer it', async () => {
    await fc.assert(
      fc.asyncProperty(arrivals({ maxMs: 15_000, most: 800 }), async (list) => {
        const { clock, hubspot, scheduler, send } = start()
        const all = Promise.all(list.map((arrival, index) => send(arrival, `row ${index}`)))
        // The longest gathering interval: four times a call's share of the quota that flows.
        const longestMs = 4 * (10_000 / (0.8 * 180))
        const idle: number[] = []
        for (let at = 0; at < 60_000; at += 10) {
          await clock.advance(10)
          const { quota, waiting } = scheduler.state()
          const remaining = quota.tenSeconds.left
          const sentAt = hubspot.requests.at(-1)?.sentAt ?? 0
          const waits = waiting.live + waiting.bulk > 0
          // The window of associations is a smaller one, and the first calls wait for HubSpot's first headers.
          const counts = remaining >= 40 && clock.now() > 200
          if (waits && counts) idle.push(clock.now() - sentAt)
        }
        await all
        expect(Math.max(0, ...idle)).toBeLessThanOrEqual(longestMs + 10)
      }),
      { numRuns: 8 },
    )
  })

  it('is shared with a neighbour app and several workers: at most 1 % of the calls meet a 429', async () => {
    for (const { workers, perSecond } of [
      { workers: 2, perSecond: 0 },
      { workers: 4, perSecond: 0 },
      { workers: 1, perSecond: 9.5 },
      { workers: 2, perSecond: 5 },
    ]) {
      const { clock, hubspot, batches } = start({ latencyMs: () => 100 })
      const schedulers = Array.from({ length: workers }, () => new QuotaScheduler({ clock }))
      const neighbour = () => {
        hubspot.countOther()
        clock.after(1000 / perSecond, neighbour)
      }
      if (perSecond > 0) neighbour()
      const customers = Array.from({ length: 1000 }, async (_, customer) => {
        await clock.sleep(customer * 50)
        for (const batch of batches) await schedulers[customer % workers]!.row(batch, { name: `row ${customer}` }, LIVE)
      })
      await clock.until(Promise.all(customers))
      expect(hubspot.over.length / hubspot.requests.length).toBeLessThanOrEqual(0.01)
    }
  })

  it('lasts for a burst of 2,000 customers, and for 20 customers a second: calls go together early', async () => {
    const customersOf = async (count: number, perSecond: number) => {
      const { clock, hubspot, scheduler, batches } = start()
      const customers = Array.from({ length: count }, async (_, customer) => {
        await clock.sleep((customer / perSecond) * 1000)
        for (const batch of batches) await scheduler.row(batch, { name: `row ${customer}` }, LIVE)
      })
      await clock.until(Promise.all(customers))
      expect(hubspot.over).toEqual([])
      return { callsEach: hubspot.requests.length / count, perSecond: count / (clock.now() / 1000) }
    }
    const burst = await customersOf(2000, Infinity)
    expect(burst.callsEach).toBeLessThanOrEqual(0.35)
    expect(burst.perSecond).toBeGreaterThanOrEqual(63)
    const steady = await customersOf(1200, 20)
    expect(steady.callsEach).toBeLessThanOrEqual(0.9)
  })
})

describe('G10 · a call that the quota allows', () => {
  it('goes out alone and at once, in the same turn in which it was asked for', async () => {
    const { hubspot, batches, scheduler, clock } = start()
    for (const batch of batches) {
      const answer = scheduler.row(batch, { name: batch.kind }, LIVE)
      expect(hubspot.requests.at(-1)).toMatchObject({ rows: [batch.kind], sentAt: clock.now() })
      await clock.until(answer)
    }
  })
})

describe('the order of calls', () => {
  it('is the order of arrival within a priority and a kind', async () => {
    await fc.assert(
      fc.asyncProperty(arrivals({ maxMs: 4000, most: 600, records: 3000 }), async (list) => {
        const { clock, hubspot, send } = start({}, {}, 3)
        const inOrder = [...list].sort((one, other) => one.at - other.at)
        await clock.until(Promise.all(inOrder.map((arrival, index) => send(arrival, String(index)))))
        const sentWith = new Map(hubspot.requests.flatMap(({ rows }, request) => rows.map((row) => [row, request])))
        for (const kind of KINDS.keys()) {
          const ofKind = inOrder.map((arrival, index) => ({ ...arrival, index })).filter((one) => one.kind === kind)
          const rows = ofKind.filter(({ first }) => !first)
          for (const priority of ['live', 'bulk']) {
            // Rows of one record go in different requests, so that a later row of another record may go first.
            const others = rows.filter(
              (one) => one.priority === priority && !rows.some((row) => row !== one && row.record === one.record),
            )
            const order = others.map(({ index }) => sentWith.get(String(index))!)
            expect(order).toEqual([...order].sort((one, other) => one - other))
          }
        }
        for (const { rows } of hubspot.requests) {
          const records = rows.map((name) => inOrder[Number(name)]!.record)
          expect(new Set(records).size).toBe(records.length)
        }
      }),
      { numRuns: 10 },
    )
  })

  it('puts a live call before 5,000 bulk calls: it goes with the next request', async () => {
    const { clock, hubspot, scheduler, batches } = start()
    const bulk = Array.from({ length: 5000 }, (_, index) =>
      scheduler.row(batches[index % 2]!, { name: `bulk ${index}` }, BULK),
    )
    await clock.advance(500)
    expect(scheduler.state().waiting.bulk).toBeGreaterThan(1000)
    const before = hubspot.requests.length
    const live = scheduler.row(batches[3]!, { name: 'live' }, LIVE)
    await clock.until(live)
    expect(hubspot.requests[before]?.rows).toEqual(['live'])
    await clock.until(Promise.all(bulk))
    expect(hubspot.over).toEqual([])
  })

  it('lets bulk calls go on while live calls never end', async () => {
    const { clock, hubspot, scheduler, batches } = start()
    let isDone = false
    const live = async (worker: number) => {
      for (let call = 0; !isDone; call += 1)
        await scheduler.row(batches[1 + (worker % 3)]!, { name: `live ${worker} ${call}` }, LIVE)
    }
    const lives = Promise.all(Array.from({ length: 200 }, (_, worker) => live(worker)))
    await clock.advance(2000)
    const bulk = Promise.all(
      Array.from({ length: 300 }, (_, index) => scheduler.row(batches[0]!, { name: `bulk ${index}` }, BULK)),
    )
    void bulk.then(() => {
      isDone = true
    })
    await clock.until(bulk)
    expect(clock.now()).toBeLessThan(20_000)
    await clock.until(lives)
    expect(hubspot.over).toEqual([])
  })
})

describe('every call', () => {
  const faults = fc.infiniteStream(
    fc.oneof(
      { weight: 8, arbitrary: fc.constant(null) },
      { weight: 1, arbitrary: fc.constant('omits-rows' as const) },
      {
        weight: 3,
        arbitrary: fc.constantFrom(
          failure(429, { policyName: 'TEN_SECONDLY_ROLLING' }),
          failure(429, { policyName: 'TEN_SECONDLY_ROLLING' }, { 'retry-after': '1' }),
          failure(400, { category: 'VALIDATION_ERROR' }),
          failure(403),
          failure(413),
          failure(503),
          failure(423),
          failure(401),
          failure(null),
        ),
      },
    ),
  )

  it('is answered exactly once, with any answer of HubSpot, also when some callers are cancelled or no longer wait', async () => {
    const callers = fc.infiniteStream(
      fc.record({
        cancelAfterMs: fc.option(fc.nat({ max: 3000 }), { freq: 5 }),
        maxWaitMs: fc.option(fc.nat({ max: 2000 }), { freq: 3 }),
      }),
    )
    await fc.assert(
      fc.asyncProperty(arrivals({ maxMs: 3000, most: 400 }), faults, callers, async (list, answers, terms) => {
        const { clock, scheduler, batches, hubspot } = start({ fault: () => answers.next().value ?? null })
        let settled = 0
        const outcomes = list.map(async ({ at, kind, record, priority }, index) => {
          await clock.sleep(at)
          const { cancelAfterMs, maxWaitMs } = terms.next().value!
          const controller = new AbortController()
          if (cancelAfterMs !== null) clock.after(cancelAfterMs, () => controller.abort())
          const row: Row = { name: `row ${index}`, record: `record ${record}` }
          const call = scheduler.row(batches[kind]!, row, { ...LIVE, priority, maxWaitMs, signal: controller.signal })
          const outcome = await call.catch((error: unknown) => error)
          settled += 1
          // A row that was never sent has an error that says so.
          const isSent = hubspot.requests.some(({ rows }) => rows.includes(`row ${index}`))
          const finding = outcome instanceof HubSpotError ? outcome.finding : null
          const isUnsent = finding === 'quota-short' || finding === 'not-sent'
          expect(isSent || isUnsent).toBe(true)
          expect(outcome instanceof HubSpotError || outcome === `row ${index} answered`).toBe(true)
        })
        await clock.until(Promise.all(outcomes))
        expect(settled).toBe(list.length)
        expect(scheduler.state().waiting).toEqual({ first: 0, live: 0, bulk: 0 })
        await clock.until(scheduler.close())
      }),
      { numRuns: 30 },
    )
  })
})
