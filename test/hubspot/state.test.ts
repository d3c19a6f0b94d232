// What a worker knows of HubSpot at a moment: the circuit, the quota, what waits, and how HubSpot has answered.

import { describe, expect, it, onTestFinished, vi } from 'vitest'
import type { AnswerClass } from '../../domain/crm-state.ts'
import { createCalls } from '../../hubspot/client/calls.ts'
import type { HubSpotError } from '../../hubspot/client/hubspot-error.ts'
import type { EndedRequest } from '../../hubspot/client/request-sender.ts'
import { QuotaScheduler } from '../../hubspot/client/scheduler.ts'
import { FakeClock } from '../support/fake-clock.ts'
import { failure, LimitedHubSpot } from '../support/limited-hubspot.ts'

const HOUR_MS = 60 * 60_000
const LIVE = { priority: 'live', maxWaitMs: null, signal: undefined, admit: () => {} } as const

function start(fault: () => HubSpotError | null = () => null, daily = 1000) {
  const clock = new FakeClock(Date.parse('2026-12-01T12:00:00Z'))
  const hubspot = new LimitedHubSpot({ clock, fault, daily, max: 100 })
  const ended: EndedRequest[] = []
  const onRequest = (request: EndedRequest) => void ended.push(request)
  const scheduler = new QuotaScheduler({ clock, reservePercent: 0, onRequest })
  const batch = hubspot.batch('contact.create', 10)
  const send = async (name: string, priority: 'live' | 'bulk' = 'live') =>
    await scheduler.row(batch, { name }, { ...LIVE, priority }).catch((error: unknown) => error)
  return { clock, hubspot, scheduler, ended, send }
}

describe('the state of HubSpot', () => {
  it('is empty before the first call, and names no limit of the day', () => {
    const { scheduler } = start()
    expect(scheduler.state()).toEqual({
      waiting: { first: 0, live: 0, bulk: 0 },
      oldestWaitMs: null,
      inFlight: 0,
      quota: {
        tenSeconds: { limit: 100, left: 100 },
        day: { limit: null, left: null, isReached: false, resetsAt: null },
      },
      limited: { second: 0, 'ten-seconds': 0, day: 0 },
      answers: { '2xx': 0, '4xx': 0, '429': 0, '5xx': 0, none: 0 },
    })
  })

  it('shows the calls on their way, the calls that wait, and since when the oldest of them waits', async () => {
    const { clock, scheduler, send } = start()
    const live = Array.from({ length: 30 }, (_, index) => send(`live ${index}`))
    await clock.advance(50)
    const bulk = Array.from({ length: 5 }, (_, index) => send(`bulk ${index}`, 'bulk'))
    // Until HubSpot's first answer, ten requests are on their way.
    const { inFlight, waiting, oldestWaitMs } = scheduler.state()
    expect({ inFlight, waiting, oldestWaitMs }).toEqual({
      inFlight: 10,
      waiting: { first: 0, live: 20, bulk: 5 },
      oldestWaitMs: 50,
    })
    await clock.until(Promise.all([...live, ...bulk]))
    expect(scheduler.state()).toMatchObject({ inFlight: 0, waiting: { live: 0, bulk: 0 }, oldestWaitMs: null })
  })

  it('shows what is left of ten seconds and of the day, and when the day of the portal ends', async () => {
    const { clock, scheduler, send } = start()
    scheduler.timeZone = 'Europe/Berlin'
    await clock.until(Promise.all([send('one'), send('two')]))
    expect(scheduler.state().quota).toEqual({
      tenSeconds: { limit: 100, left: 98 },
      day: { limit: 1000, left: 998, isReached: false, resetsAt: '2026-12-01T23:00:00.000Z' },
    })
  })

  it('names what is left of the day for an hour, and not after the midnight of the portal', async () => {
    const { clock, scheduler, send } = start()
    const left = () => scheduler.state().quota.day.left
    await clock.until(send('at noon'))
    await clock.advance(HOUR_MS - 1000)
    expect(left()).toBe(999)
    await clock.advance(1000)
    expect(left()).toBe(null)

    await clock.until(send('at one'))
    expect(left()).toBe(998)
    // Midnight in Kolkata is at 18:30 UTC.
    scheduler.timeZone = 'Asia/Kolkata'
    await clock.advance(5 * HOUR_MS + HOUR_MS / 4)
    await clock.until(send('a quarter past six'))
    await clock.advance(HOUR_MS / 4 - 1000)
    expect(left()).toBe(997)
    await clock.advance(1000)
    expect(scheduler.state().quota.day).toMatchObject({ limit: 1000, left: null })
    await clock.until(send('the next day'))
    expect(left()).toBe(996)
  })

  it('counts the 429 of each limit since the start', async () => {
    const { clock, scheduler, send } = start(() => null, 3)
    await clock.until(Promise.all(Array.from({ length: 5 }, (_, index) => send(`row ${index}`))))
    expect(scheduler.state()).toMatchObject({
      limited: { second: 0, 'ten-seconds': 0, day: 2 },
      quota: { day: { isReached: true, left: 0 } },
    })
  })

  it('reports each request with its rows, its status, its duration and the limit of a 429', async () => {
    const { clock, ended, send } = start(() => null, 2)
    await clock.until(Promise.all([send('one'), send('two'), send('three')]))
    const request = { kind: 'contact.create', rows: 1, durationMs: 100 }
    expect(ended).toEqual([
      { ...request, status: 200, limit: null },
      { ...request, status: 200, limit: null },
      { ...request, status: 429, limit: 'day' },
    ])
  })

  it('counts the answers of the last minute by their class, and forgets older ones', async () => {
    const statuses = [503, 404, null, 302]
    const { clock, scheduler, send } = start(() => (statuses.length > 0 ? failure(statuses.shift() ?? null) : null))
    for (let index = 0; index < 6; index += 1) await clock.until(send(`row ${index}`))
    const all: Record<AnswerClass, number> = { '2xx': 2, '4xx': 1, '429': 0, '5xx': 2, none: 1 }
    expect(scheduler.state().answers).toEqual(all)
    await clock.advance(58_000)
    expect(scheduler.state().answers).toEqual(all)
    await clock.advance(2_000)
    expect(scheduler.state().answers).toEqual({ '2xx': 0, '4xx': 0, '429': 0, '5xx': 0, none: 0 })
  })

  it('counts a row that waits to be sent again without the others of its request', async () => {
    const rejects = { isOn: true }
    const { clock, scheduler, send } = start(() => (rejects.isOn ? failure(400) : null))
    const all = Array.from({ length: 40 }, (_, index) => send(`row ${index}`))
    let most = 0
    for (let at = 0; at < 5_000; at += 10) {
      await clock.advance(10)
      const { waiting, oldestWaitMs } = scheduler.state()
      most = Math.max(most, waiting.live)
      expect(oldestWaitMs === null).toBe(waiting.live === 0)
    }
    expect(most).toBeGreaterThan(0)
    rejects.isOn = false
    await clock.until(Promise.all(all))
    expect(scheduler.state().waiting.live).toBe(0)
  })

  it('shows since when HubSpot rejects the token', async () => {
    vi.useFakeTimers({ toFake: ['Date', 'performance'], now: Date.parse('2026-12-01T12:00:00Z') })
    onTestFinished(() => void vi.useRealTimers())
    const answer = { status: 401 }
    const calls = createCalls(
      { circuitBreaker: { probeSeconds: 30, onChange: () => {} }, scheduler: new QuotaScheduler() },
      async () => {
        if (answer.status === 401) throw failure(401)
      },
    )
    const send = async () =>
      await calls
        .call('contact.read', async () => {
          if (answer.status === 401) throw failure(401)
        })
        .catch(() => null)
    expect(calls.state()).toEqual({
      circuit: { state: 'closed', since: '2026-12-01T12:00:00.000Z' },
      forbiddenKinds: [],
    })
    vi.setSystemTime('2026-12-01T13:00:00Z')
    await send()
    vi.setSystemTime('2026-12-01T13:00:10Z')
    await send()
    expect(calls.state().circuit).toEqual({ state: 'open', since: '2026-12-01T13:00:00.000Z' })
    answer.status = 200
    vi.advanceTimersByTime(30_000)
    await send()
    expect(calls.state().circuit).toEqual({ state: 'closed', since: '2026-12-01T13:00:40.000Z' })
  })
})
