// Calls that share a request: each has the outcome that it would have had alone, and nobody's cancellation or wait harms another.

import { AsyncLocalStorage } from 'node:async_hooks'
import { describe, expect, it } from 'vitest'
import type { CallKind } from '../../hubspot/client/call-kind.ts'
import { createCalls } from '../../hubspot/client/calls.ts'
import { HubSpotError } from '../../hubspot/client/hubspot-error.ts'
import type { Terms } from '../../hubspot/client/scheduled-call.ts'
import { QuotaScheduler } from '../../hubspot/client/scheduler.ts'
import { FakeClock } from '../support/fake-clock.ts'
import { failure, LimitedHubSpot } from '../support/limited-hubspot.ts'
import type { LimitedHubSpotOptions } from '../support/limited-hubspot.ts'

const LIVE = { priority: 'live', maxWaitMs: null, signal: undefined, admit: () => {} } as const
const rejected = failure(400, { category: 'VALIDATION_ERROR' })

/** A portal whose quota is used up for the next second, so that rows gather. */
async function start(options: Omit<LimitedHubSpotOptions, 'clock'> = {}) {
  const clock = new FakeClock()
  const hubspot = new LimitedHubSpot({ clock, ...options })
  const scheduler = new QuotaScheduler({ clock })
  const batches = new Map<CallKind, ReturnType<typeof hubspot.batch>>()
  const gather = async (kind: CallKind, count: number) => {
    // More calls than may be on their way before the first headers.
    const first = Array.from({ length: 10 }, () =>
      scheduler.call('property.read', () => hubspot.answer('property.read', ['first']), LIVE),
    )
    const batch = batches.get(kind) ?? hubspot.batch(kind)
    batches.set(kind, batch)
    const rows = Array.from({ length: count }, (_, index) =>
      scheduler.row(batch, { name: `row ${index}` }, LIVE).catch((error: unknown) => error),
    )
    const outcomes = await clock.until(Promise.all(rows))
    await Promise.all(first)
    return outcomes
  }
  const requestsOf = (kind: CallKind) => hubspot.requests.filter((request) => request.kind === kind)
  return { clock, hubspot, scheduler, gather, requestsOf }
}

describe('rows that share a request', () => {
  it('are answered each by its own answer', async () => {
    const { gather, requestsOf } = await start()
    expect(await gather('contact.create', 40)).toEqual(Array.from({ length: 40 }, (_, row) => `row ${row} answered`))
    expect(requestsOf('contact.create')).toHaveLength(1)
  })

  it.each([400, 403, 404, 409, 413, 414])(
    'are sent again in halves after a %i, so that the one row that caused it is the only one to fail',
    async (status) => {
      const error = failure(status, { category: 'VALIDATION_ERROR' })
      const { gather, requestsOf } = await start({ fault: ({ rows }) => (rows.includes('row 7') ? error : null) })
      const outcomes = await gather('contact.create', 40)
      expect(outcomes.filter((outcome) => outcome instanceof HubSpotError)).toHaveLength(1)
      expect(outcomes[7]).toMatchObject({ status })
      expect(requestsOf('contact.create').length).toBeLessThanOrEqual(14)
      expect(requestsOf('contact.create').at(-1)?.rows).not.toContain('row 7')
    },
  )

  it.each([401, 423, 477])('fail together after %s, which no single row causes', async (status) => {
    const { gather, requestsOf } = await start({
      fault: ({ kind }) => (kind === 'contact.create' ? failure(status) : null),
    })
    const outcomes = await gather('contact.create', 40)
    for (const outcome of outcomes) expect(outcome).toMatchObject({ status })
    expect(requestsOf('contact.create')).toHaveLength(1)
  })

  // Which of the two it is, HubSpot does not say: its servers fail at one row, or at all calls.
  describe.each([408, 500, 502, 503, 504, null])('G9 · after %s, which one row may cause', (status) => {
    const error = failure(status)
    const failsAt = (name: string) => ({
      fault: ({ rows }: { rows: string[] }) => (rows.includes(name) ? error : null),
    })

    it.each(['row 1', 'row 57', 'row 99'])('only the row that causes it fails (%s)', async (guilty) => {
      const { gather, requestsOf } = await start(failsAt(guilty))
      const outcomes = await gather('contact.create', 100)
      expect(outcomes.filter((outcome) => outcome instanceof HubSpotError)).toMatchObject([{ status }])
      expect(outcomes[Number(guilty.slice(4))]).toMatchObject({ status })
      expect(requestsOf('contact.create').length).toBeLessThanOrEqual(25)
    })

    it('the row goes alone from then on, and fails no other row', async () => {
      const { gather, requestsOf } = await start(failsAt('row 57'))
      await gather('contact.create', 100)
      const before = requestsOf('contact.create').length
      const outcomes = await gather('contact.create', 100)
      expect(outcomes.filter((outcome) => outcome instanceof HubSpotError)).toHaveLength(1)
      const failed = requestsOf('contact.create')
        .slice(before)
        .filter(({ rows }) => rows.includes('row 57'))
      expect(failed.map(({ rows }) => rows)).toEqual([['row 57']])
    })

    it('only the rows that cause it fail when they are several', async () => {
      const { gather } = await start({
        fault: ({ rows }) => (rows.some((name) => /[37]$/.test(name)) ? error : null),
      })
      const failed = (await gather('contact.create', 60)).flatMap((outcome, row) =>
        outcome instanceof HubSpotError ? [row % 10] : [],
      )
      // A row beside a guilty one may have to wait for its next attempt, but most do not.
      expect(failed.filter((digit) => digit === 3 || digit === 7)).toHaveLength(12)
      expect(failed.length).toBeLessThanOrEqual(18)
    })

    it('an outage costs one further call in ten seconds, however many batches there are', async () => {
      const { gather, requestsOf } = await start({
        fault: ({ kind }) => (kind === 'contact.create' ? error : null),
      })
      for (const outcome of await gather('contact.create', 100)) expect(outcome).toMatchObject({ status })
      expect(requestsOf('contact.create').map(({ rows }) => rows.length)).toEqual([100, 1])
      await gather('contact.create', 100)
      const second = requestsOf('contact.create').slice(2)
      expect(second.filter(({ rows }) => rows.length > 1)).toHaveLength(1)
      // Each row is in one request.
      expect(second.flatMap(({ rows }) => rows)).toHaveLength(100)
    })

    it('each row is executed once, also when the row that goes alone meets a limit', async () => {
      const faults = [error, failure(429, { policyName: 'TEN_SECONDLY_ROLLING' })]
      const { gather, requestsOf } = await start({
        fault: ({ kind }) => (kind === 'contact.create' ? (faults.shift() ?? null) : null),
      })
      for (const outcome of await gather('contact.create', 40)) expect(outcome).toMatch(/answered/)
      const executed = requestsOf('contact.create').filter((request) => request.status === 200)
      expect(executed.flatMap(({ rows }) => rows)).toHaveLength(40)
    })

    it('the callers of the rows hear that a write may still be executed, also when it then succeeds', async () => {
      const unanswered = async (kind: 'contact.create' | 'contact.read') => {
        const { clock, hubspot, scheduler } = await start(failsAt('row 30'))
        const first = Array.from({ length: 10 }, () =>
          scheduler.call('property.read', () => hubspot.answer('property.read', ['first']), LIVE),
        )
        const batch = hubspot.batch(kind)
        const heard = new Set<number>()
        const rows = Array.from({ length: 40 }, (_, index) => {
          const terms = { ...LIVE, onUnanswered: () => void heard.add(index) }
          return scheduler.row(batch, { name: `row ${index}` }, terms).catch(() => {})
        })
        await clock.until(Promise.all([...rows, ...first]))
        return heard.size
      }
      const mayBeExecuted = status === null || status === 502 || status === 504
      expect(await unanswered('contact.create')).toBe(mayBeExecuted ? 40 : 0)
      expect(await unanswered('contact.read')).toBe(0)
    })
  })

  it('go again together when they read, and the response had no space for them', async () => {
    const { clock, hubspot, scheduler, requestsOf } = await start()
    const inner = hubspot.batch('company.search', 50)
    const batch: typeof inner = {
      ...inner,
      sendMany: async (rows) => {
        const outcomes = await inner.sendMany(rows)
        const isCrowded = rows.some(({ name }) => name === 'row 9')
        return outcomes.map((outcome, index) =>
          isCrowded && rows[index]!.name !== 'row 9' ? { outcome: 'undecided' } : outcome,
        )
      },
    }
    const first = Array.from({ length: 10 }, () =>
      scheduler.call('property.read', () => hubspot.answer('property.read', ['first']), LIVE),
    )
    const rows = Array.from({ length: 50 }, (_, index) => scheduler.row(batch, { name: `row ${index}` }, LIVE))
    const outcomes = await clock.until(Promise.all(rows))
    await Promise.all(first)
    for (const outcome of outcomes) expect(outcome).toMatch(/answered/)
    expect(requestsOf('company.search').length).toBeLessThanOrEqual(6)
  })

  it('go again after a 429, which no caller sees', async () => {
    const faults = [
      failure(429, { policyName: 'TEN_SECONDLY_ROLLING' }),
      failure(429),
      failure(429, { policyName: 'SECONDLY' }),
    ]
    const { gather, requestsOf } = await start({
      fault: ({ kind }) => (kind === 'contact.create' ? (faults.shift() ?? null) : null),
    })
    const outcomes = await gather('contact.create', 40)
    expect(new Set(outcomes).size).toBe(40)
    for (const outcome of outcomes) expect(outcome).toMatch(/answered/)
    expect(requestsOf('contact.create').map(({ status }) => status)).toEqual([429, 429, 429, 200])
  })

  it('are asked alone when they read, and the response does not mention them', async () => {
    const { gather, requestsOf } = await start({ fault: ({ rows }) => (rows.length > 1 ? 'omits-rows' : null) })
    const outcomes = await gather('contact.read', 10)
    for (const outcome of outcomes) expect(outcome).toMatch(/answered/)
    expect(requestsOf('contact.read').filter(({ rows }) => rows.length === 1)).toHaveLength(5)
  })

  it('have no usable response when they write, and the response does not mention them', async () => {
    const { gather, requestsOf } = await start({ fault: ({ rows }) => (rows.length > 1 ? 'omits-rows' : null) })
    const outcomes = await gather('contact.create', 10)
    const [mentioned, others] = [1, 0].map((rest) => outcomes.filter((_, index) => index % 2 === rest))
    for (const outcome of mentioned!) expect(outcome).toMatch(/answered/)
    for (const outcome of others!) expect(outcome).toMatchObject({ status: null, finding: null })
    expect(requestsOf('contact.create')).toHaveLength(1)
  })

  it('go alone the next time when they write, and a response did not mention them', async () => {
    const { gather, requestsOf } = await start({ fault: ({ rows }) => (rows.length > 1 ? 'omits-rows' : null) })
    const unmentioned = (await gather('contact.create', 60)).flatMap((outcome, row) =>
      outcome instanceof HubSpotError ? [row] : [],
    )
    expect(unmentioned).toHaveLength(30)
    const before = requestsOf('contact.create').length
    const outcomes = await gather('contact.create', 60)
    for (const row of unmentioned) expect(outcomes[row]).toBe(`row ${row} answered`)
    const together = requestsOf('contact.create')
      .slice(before)
      .filter(({ rows }) => rows.length > 1)
    // The others still share a request.
    expect(together.length).toBeGreaterThan(0)
    for (const { rows } of together) for (const row of unmentioned) expect(rows).not.toContain(`row ${row}`)
  })

  it('never concern the same record twice', async () => {
    const { clock, hubspot, scheduler, requestsOf } = await start()
    const batch = hubspot.batch('contact.update')
    const rows = Array.from({ length: 40 }, (_, index) =>
      scheduler.row(batch, { name: `row ${index}`, record: `record ${index % 20}` }, LIVE),
    )
    await clock.until(Promise.all(rows))
    for (const { rows: names } of requestsOf('contact.update')) {
      const records = names.map((name) => Number(name.slice(4)) % 20)
      expect(new Set(records).size).toBe(records.length)
    }
  })
})

describe('a caller of a shared request', () => {
  it('that is cancelled leaves the queue at once, and its call is not sent', async () => {
    const { clock, hubspot, scheduler } = await start()
    const batch = hubspot.batch('contact.create')
    const controller = new AbortController()
    const rows = Array.from({ length: 30 }, (_, index) =>
      scheduler
        .row(batch, { name: `row ${index}` }, { ...LIVE, signal: index === 25 ? controller.signal : undefined })
        .catch((error: unknown) => error),
    )
    controller.abort()
    await expect(rows[25]).resolves.toMatchObject({ status: null, finding: 'not-sent' })
    const outcomes = await clock.until(Promise.all(rows))
    expect(outcomes.filter((outcome) => outcome instanceof HubSpotError)).toHaveLength(1)
    expect(hubspot.requests.flatMap((request) => request.rows)).not.toContain('row 25')
  })

  it('that is cancelled while the request is on its way ends alone: the others get their answers', async () => {
    const { clock, hubspot, scheduler } = await start()
    const batch = hubspot.batch('contact.create')
    const controller = new AbortController()
    const rows = Array.from({ length: 30 }, (_, index) =>
      scheduler
        .row(batch, { name: `row ${index}` }, { ...LIVE, signal: index === 25 ? controller.signal : undefined })
        .catch((error: unknown) => error),
    )
    while (!hubspot.requests.some((request) => request.rows.includes('row 25'))) await clock.advance(1)
    controller.abort()
    await expect(rows[25]).resolves.toMatchObject({ status: null, finding: null })
    const outcomes = await clock.until(Promise.all(rows))
    expect(outcomes.filter((outcome) => outcome instanceof HubSpotError)).toHaveLength(1)
  })

  it('waits no longer than it wants to, and its call is not sent', async () => {
    const { clock, hubspot, scheduler } = await start({ max: 10 })
    const batch = hubspot.batch('contact.create', 1)
    const outcomes = Array.from({ length: 30 }, (_, index) =>
      scheduler.row(batch, { name: `row ${index}` }, { ...LIVE, maxWaitMs: 2000 }).catch((error: unknown) => error),
    )
    await clock.advance(2000)
    const settled = await Promise.all(outcomes)
    const short = settled.filter((outcome) => outcome instanceof HubSpotError)
    expect(short.length).toBeGreaterThan(10)
    for (const outcome of short) expect(outcome).toMatchObject({ finding: 'quota-short' })
    await clock.advance(60_000)
    expect(hubspot.requests).toHaveLength(30 - short.length)
  })

  it('runs in the context of its own activity, and the shared request in that of none', async () => {
    const { clock, hubspot, scheduler } = await start()
    const activity = new AsyncLocalStorage<string>()
    const seen: [rows: string[], activity: string | undefined][] = []
    const inner = hubspot.batch('contact.create')
    const batch: typeof inner = {
      ...inner,
      sendOne: async (row) => {
        seen.push([[row.name], activity.getStore()])
        return await inner.sendOne(row)
      },
      sendMany: async (rows) => {
        seen.push([rows.map(({ name }) => name), activity.getStore()])
        return await inner.sendMany(rows)
      },
    }
    const rows = Array.from({ length: 30 }, (_, index) =>
      activity.run(`activity ${index}`, async () => {
        await scheduler.row(batch, { name: String(index), record: String(index % 2) }, LIVE)
        return activity.getStore()
      }),
    )
    const after = await clock.until(Promise.all(rows))
    expect(after).toEqual(rows.map((_, index) => `activity ${index}`))
    expect(seen.some(([names]) => names.length > 1)).toBe(true)
    for (const [names, name] of seen) expect(name).toBe(names.length > 1 ? undefined : `activity ${names[0]}`)
  })
})

describe('a part of a request that HubSpot rejected', () => {
  /** 40 rows are rejected together, and the quota is used up for the next ten seconds. */
  async function rejectedTogether(status: number, terms: (row: number) => Partial<Terms>) {
    const error = failure(status, { category: 'VALIDATION_ERROR' })
    const { clock, hubspot, scheduler, requestsOf } = await start({
      max: 12,
      fault: ({ rows }) => (rows.length > 1 ? error : null),
    })
    const first = Array.from({ length: 10 }, () =>
      scheduler.call('property.read', () => hubspot.answer('property.read', ['first']), LIVE),
    )
    const batch = hubspot.batch('contact.create')
    const rows = Array.from({ length: 40 }, (_, index) =>
      scheduler.row(batch, { name: `row ${index}` }, { ...LIVE, ...terms(index) }).catch((thrown: unknown) => thrown),
    )
    await clock.advance(300)
    await Promise.all(first)
    expect(requestsOf('contact.create')).toMatchObject([{ status, rows: { length: 40 } }])
    return { clock, scheduler, rows, requestsOf }
  }

  it.each([400, 403])('is not sent after its callers’ longest wait (%i)', async (status) => {
    const { clock, rows, requestsOf } = await rejectedTogether(status, () => ({ maxWaitMs: 2000 }))
    await clock.advance(2000)
    for (const row of await Promise.all(rows)) expect(row).toMatchObject({ finding: 'quota-short' })
    await clock.advance(60_000)
    expect(requestsOf('contact.create')).toHaveLength(1)
  })

  it.each([400, 403])('loses a caller that is cancelled at once, and is sent without its row (%i)', async (status) => {
    const controllers = Array.from({ length: 40 }, () => new AbortController())
    const { clock, scheduler, rows, requestsOf } = await rejectedTogether(status, (row) => ({
      signal: controllers[row]!.signal,
    }))
    for (const cancelled of [3, 30]) {
      controllers[cancelled]!.abort()
      await expect(rows[cancelled]).resolves.toMatchObject({ finding: 'not-sent' })
    }
    await clock.advance(60_000)
    const later = requestsOf('contact.create').slice(1)
    expect(later.length).toBeGreaterThan(0)
    const sentLater = later.flatMap((request) => request.rows)
    expect([sentLater.includes('row 3'), sentLater.includes('row 30')]).toEqual([false, false])
    await clock.until(scheduler.close())
    await Promise.all(rows)
  })
})

describe('the client', () => {
  it('rejects what waits when it is closed, and waits for what is on its way', async () => {
    const { clock, hubspot, scheduler } = await start()
    const batch = hubspot.batch('contact.create', 1)
    const rows = Array.from({ length: 30 }, (_, index) =>
      scheduler.row(batch, { name: `row ${index}` }, LIVE).catch((error: unknown) => error),
    )
    const closed = scheduler.close()
    await clock.until(closed)
    const outcomes = await Promise.all(rows)
    const unsent = outcomes.filter((outcome) => outcome instanceof HubSpotError)
    for (const outcome of unsent) expect(outcome).toMatchObject({ finding: 'not-sent', isUnanswered: false })
    expect(hubspot.requests.length + unsent.length).toBe(30)
    expect(hubspot.requests.length).toBeGreaterThan(0)
    await expect(scheduler.row(batch, { name: 'late' }, LIVE)).rejects.toMatchObject({ finding: 'not-sent' })
  })

  it('counts no calls that the circuit breaker stops, since they send no request', async () => {
    const { clock, scheduler } = await start()
    const stopped = async () => {
      throw HubSpotError.notSent(401, 'HubSpot rejects the token', { finding: 'token-rejected', pauseSeconds: 30 })
    }
    const calls = Array.from({ length: 5000 }, () => scheduler.call('contact.create', stopped, LIVE).catch(() => {}))
    await clock.until(Promise.all(calls))
    expect(scheduler.state().quota.tenSeconds.left).toBe(95)
  })

  it('sends its neutral call before 2,000 calls that wait', async () => {
    const { clock, hubspot, scheduler } = await start()
    const calls = createCalls(
      { circuitBreaker: { probeSeconds: 30, onChange: () => {} }, scheduler },
      async () => await hubspot.answer('contact.read', ['neutral']),
    )
    const missing = failure(404)
    const read = calls
      .callRecord('contact.read', async () => {
        await clock.sleep(100)
        throw missing
      })
      .catch((error: unknown) => error)
    const waiting = Array.from({ length: 2000 }, (_, index) =>
      scheduler.call('property.read', () => hubspot.answer('property.read', [`row ${index}`]), LIVE).catch(() => {}),
    )
    await clock.until(read)
    expect(hubspot.requests.findIndex(({ rows }) => rows.includes('neutral'))).toBeLessThan(50)
    expect(hubspot.requests.length).toBeLessThan(100)
    await clock.until(scheduler.close())
    await Promise.all(waiting)
  })

  it('stops a kind of call that HubSpot forbids, also in the middle of a shared request', async () => {
    const { clock, hubspot, scheduler } = await start({
      max: 100_000,
      fault: ({ kind }) => (kind === 'contact.create' ? failure(403) : null),
    })
    let customer = 0
    const calls = createCalls(
      {
        circuitBreaker: { probeSeconds: 30, onChange: () => {} },
        caller: () => ({ customer: `cus_${customer}`, step: 'createContact' }),
        scheduler,
      },
      async () => await hubspot.answer('contact.read', ['neutral']),
    )
    const batch = hubspot.batch('contact.create')
    const before = Array.from({ length: 10 }, () =>
      scheduler.call('property.read', () => hubspot.answer('property.read', ['before']), LIVE),
    )
    const outcomes = Array.from({ length: 100 }, (_, index) => {
      customer = index
      return calls.callRow(batch, { name: `row ${index}` }).catch((error: unknown) => error)
    })
    const settled = await clock.until(Promise.all(outcomes))
    await Promise.all(before)
    expect(settled.filter((error) => (error as HubSpotError).finding === 'calls-forbidden').length).toBeGreaterThan(80)
    expect(hubspot.requests.length).toBeLessThan(30)
  })
})

describe('a write', () => {
  it('is unanswered when HubSpot may have executed it, and not when it was never sent', async () => {
    const { clock, hubspot, scheduler } = await start({
      max: 10,
      fault: ({ rows }) => (rows[0] === 'row 0' ? failure(null) : null),
    })
    const context = () => ({ priority: 'live', maxWaitMs: 500 }) as const
    const calls = createCalls(
      { circuitBreaker: { probeSeconds: 30, onChange: () => {} }, scheduler, context },
      async () => {},
    )
    const batch = hubspot.batch('contact.create', 1)
    const outcomes = Array.from({ length: 30 }, (_, index) =>
      calls.callRow(batch, { name: `row ${index}` }).catch((error: unknown) => error),
    )
    const [lost, ...others] = await clock.until(Promise.all(outcomes))
    expect(lost).toMatchObject({ status: null, isUnanswered: true })
    expect(others.at(-1)).toMatchObject({ finding: 'quota-short', isUnanswered: false })
  })

  it('that HubSpot rejects alone keeps its own error', async () => {
    const { clock, hubspot, scheduler } = await start({ fault: () => rejected })
    const outcome = scheduler.row(hubspot.batch('contact.create'), { name: 'row' }, LIVE)
    await expect(clock.until(outcome)).rejects.toBe(rejected)
  })
})
