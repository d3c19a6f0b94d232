// G10 · The portal's daily limit: until the next day HubSpot sees one probe an hour. Other calls are rejected at once, and their error
// says when to come back.

import { describe, expect, it } from 'vitest'
import { mayBeExecuted } from '../../hubspot/client/errors.ts'
import { HubSpotError } from '../../hubspot/client/hubspot-error.ts'
import { msUntilMidnight } from '../../hubspot/client/portal-midnight.ts'
import { QuotaScheduler } from '../../hubspot/client/scheduler.ts'
import { FakeClock } from '../support/fake-clock.ts'
import { failure, LimitedHubSpot } from '../support/limited-hubspot.ts'

const LIVE = { priority: 'live', maxWaitMs: null, signal: undefined, admit: () => {} } as const
const HOUR_MS = 60 * 60_000

function start({ daily, hasHeaders = true }: { daily: number; hasHeaders?: boolean }) {
  const clock = new FakeClock(Date.parse('2026-12-01T12:00:00Z'))
  const hubspot = new LimitedHubSpot({ clock, daily, hasHeaders })
  const changes: string[] = []
  const onDailyLimit = (change: string) => void changes.push(`${change} at ${Math.ceil(clock.now() / 60_000)} min`)
  const scheduler = new QuotaScheduler({ clock, onDailyLimit, reservePercent: 0 })
  const batch = hubspot.batch('contact.create', 1)
  const one = (name: string) => scheduler.row(batch, { name }, LIVE)
  const send = (count: number) =>
    Promise.all(
      Array.from({ length: count }, (_, index) => repeating(clock, (index % 10) / 10, () => one(`row ${index}`))),
    )
  return { clock, hubspot, scheduler, changes, one, send }
}

/** Repeats the call as Temporal repeats an activity: after the pause of its error, and a jitter of up to a fifth. */
async function repeating<T>(clock: FakeClock, jitter: number, call: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await call()
    } catch (error) {
      if (!(error instanceof HubSpotError) || error.finding !== 'daily-limit') throw error
      await clock.sleep((error.retryAfterSeconds ?? 0) * 1000 * (1 + 0.2 * jitter))
    }
  }
}

describe('G10 · the daily limit', () => {
  it.each([true, false])(
    'lets one probe an hour go out until the portal’s midnight, and keeps no call waiting (headers: %s)',
    async (hasHeaders) => {
      const { clock, hubspot, scheduler, changes, send } = start({ daily: 20, hasHeaders })
      scheduler.timeZone = 'America/New_York'
      const all = send(40)
      await clock.advance(HOUR_MS / 2)
      const sent = hubspot.requests.length
      expect(scheduler.state()).toMatchObject({
        quota: { day: { isReached: true } },
        waiting: { first: 0, live: 0, bulk: 0 },
      })
      // Midnight in New York is 17 hours away.
      await clock.advance(16 * HOUR_MS)
      expect(hubspot.requests.length - sent).toBeLessThanOrEqual(17)
      expect(changes).toEqual([expect.stringMatching(/^reached at \d min$/)])

      hubspot.usedToday = 0
      hubspot.daily = 1000
      await clock.advance(HOUR_MS)
      await all
      expect(changes).toEqual([expect.any(String), expect.stringMatching(/^over at \d+ min$/)])
    },
  )

  it('rejects a call at once, unsent, with a pause until the next probe', async () => {
    const { clock, hubspot, one } = start({ daily: 20, hasHeaders: false })
    const first = Array.from({ length: 25 }, (_, index) => one(`row ${index}`).catch((error: unknown) => error))
    await clock.advance(10 * 60_000)
    // Those on their way and those that waited when HubSpot first answered 429 are rejected as well.
    const outcomes = await Promise.all(first)
    expect(outcomes.filter((outcome) => outcome instanceof HubSpotError)).toHaveLength(5)
    const sent = hubspot.requests.length
    const error = await one('late').catch((thrown: unknown) => thrown as HubSpotError)
    expect(error).toMatchObject({ finding: 'daily-limit', status: null })
    expect(mayBeExecuted(error as HubSpotError)).toBe(false)
    // The first 429 came within the first minute, so the probe is due an hour later.
    const { retryAfterSeconds } = error as HubSpotError
    expect(retryAfterSeconds).toBeGreaterThan(49 * 60)
    expect(retryAfterSeconds).toBeLessThanOrEqual(50 * 60 + 1)
    expect(hubspot.requests).toHaveLength(sent)

    await clock.advance(retryAfterSeconds! * 1000)
    const probe = one('probe').catch((thrown: unknown) => thrown)
    const second = one('second').catch((thrown: unknown) => thrown)
    await clock.advance(1000)
    expect(hubspot.requests.slice(sent).map(({ rows }) => rows)).toEqual([['probe']])
    for (const outcome of [await probe, await second]) {
      expect(outcome).toMatchObject({ finding: 'daily-limit', retryAfterSeconds: 3600 })
    }
  })

  it('is probed by no search, whose response has no limit headers', async () => {
    const { clock, hubspot, scheduler, changes, one } = start({ daily: 20 })
    const first = Array.from({ length: 21 }, (_, index) => one(`row ${index}`).catch(() => {}))
    await clock.advance(2 * HOUR_MS)
    await Promise.all(first)
    hubspot.usedToday = 0
    const sent = hubspot.requests.length
    const search = () => scheduler.call('company.search', () => hubspot.answer('company.search', ['search']), LIVE)
    await expect(search()).rejects.toMatchObject({ finding: 'daily-limit' })
    await clock.advance(1000)
    expect([hubspot.requests.length, changes.length]).toEqual([sent, 1])

    // A search that comes with the probe waits for its outcome.
    const answers = Promise.all([one('probe'), search()])
    await clock.until(answers)
    expect(changes).toEqual([expect.any(String), expect.stringMatching(/^over/)])
  })

  it('rejects the parts of a request that was rejected as well', async () => {
    const clock = new FakeClock()
    const fault = ({ rows }: { rows: string[] }) => (rows.length > 1 ? failure(400) : null)
    const hubspot = new LimitedHubSpot({ clock, daily: 11, fault })
    const scheduler = new QuotaScheduler({ clock, reservePercent: 0 })
    const first = Array.from({ length: 10 }, () =>
      scheduler.call('property.read', () => hubspot.answer('property.read', ['first']), LIVE).catch(() => {}),
    )
    const batch = hubspot.batch('contact.create')
    const rows = Array.from({ length: 8 }, (_, index) =>
      scheduler.row(batch, { name: `row ${index}` }, LIVE).catch((error: unknown) => error),
    )
    await clock.advance(2 * 60_000)
    await Promise.all(first)
    for (const row of await Promise.all(rows)) expect(row).toMatchObject({ finding: 'daily-limit' })
  })

  it('goes on within a minute after the portal’s midnight', async () => {
    const { clock, hubspot, scheduler, changes, send } = start({ daily: 20 })
    scheduler.timeZone = 'America/New_York'
    const all = send(40)
    await clock.advance(17 * HOUR_MS - 1000)
    hubspot.usedToday = 0
    hubspot.daily = 1000
    await clock.advance(1000 + 60_000)
    expect(changes.at(-1)).toBe('over at 1021 min')
    await clock.until(all)
  })

  it('is found over by the hourly probe when the time zone is unknown', async () => {
    const { clock, hubspot, changes, send } = start({ daily: 20 })
    const all = send(40)
    await clock.advance(10 * HOUR_MS)
    hubspot.usedToday = 0
    hubspot.daily = 1000
    await clock.advance(HOUR_MS)
    expect(changes).toHaveLength(2)
    await clock.until(all)
  })

  it('is left in part to other apps', async () => {
    const clock = new FakeClock()
    const hubspot = new LimitedHubSpot({ clock, daily: 1000 })
    hubspot.usedToday = 880
    const scheduler = new QuotaScheduler({ clock, reservePercent: 10 })
    const batch = hubspot.batch('contact.create', 1)
    const calls = Array.from({ length: 100 }, (_, index) =>
      repeating(clock, (index % 10) / 10, () => scheduler.row(batch, { name: `row ${index}` }, LIVE)).catch(() => {}),
    )
    await clock.advance(12 * HOUR_MS)
    // What was on its way when HubSpot stated the rest, and the probes, count as well.
    expect(hubspot.usedToday).toBeLessThanOrEqual(900 + 10 + 12)
    await clock.until(scheduler.close())
    await clock.until(Promise.all(calls))
  })

  it('is approached slowly: the last tenth of the day’s calls lasts until midnight, as calls go together', async () => {
    const clock = new FakeClock(Date.parse('2026-12-01T18:00:00Z'))
    const hubspot = new LimitedHubSpot({ clock, daily: 10_000 })
    hubspot.usedToday = 9100
    const scheduler = new QuotaScheduler({ clock, reservePercent: 0 })
    scheduler.timeZone = 'UTC'
    const batch = hubspot.batch('contact.create')
    // Two rows a second for six hours are 43,200.
    const calls: Promise<unknown>[] = []
    for (let second = 0; second < 6 * 3600 - 60; second += 10) {
      for (let row = 0; row < 20; row += 1) calls.push(scheduler.row(batch, { name: `row ${second} ${row}` }, LIVE))
      await clock.advance(10_000)
    }
    expect(scheduler.state().quota.day.isReached).toBe(false)
    expect(hubspot.usedToday).toBeLessThan(10_000)
    hubspot.usedToday = 0
    await clock.until(Promise.all(calls))
  }, 60_000)
})

describe('the portal’s midnight', () => {
  it.each([
    ['UTC', '2026-12-01T12:00:00Z', 12],
    ['America/New_York', '2026-12-01T12:00:00Z', 17],
    ['Asia/Kolkata', '2026-12-01T12:00:00Z', 6.5],
    // The day on which Berlin's clocks go back has 25 hours; the one on which they go forward has 23.
    ['Europe/Berlin', '2026-10-24T22:00:00Z', 25],
    ['Europe/Berlin', '2026-03-28T23:00:00Z', 23],
    ['Mars/Olympus', '2026-12-01T12:00:00Z', null],
  ])('in %s, at %s, is %s hours away', (timeZone, now, hours) => {
    expect(msUntilMidnight(timeZone, Date.parse(now))).toBe(hours === null ? null : hours * HOUR_MS)
  })
})
