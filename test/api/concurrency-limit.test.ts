// An overloaded Temporal, as after a failure of its database: it works on each call in its turn, also when the caller has left.

import { Hono } from 'hono'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { ConcurrencyLimit, EVENTS } from '../../api/middleware/concurrency-limit.ts'
import { Problem } from '../../api/problems/problem.ts'

const DEADLINE_MS = 2_500
// 64 calls at a time take 64 × 50 ms = 3.2 s, which is longer than the deadline.
const CALL_MS = 50
const SENDERS = 150
const RETRY_AFTER_MS = 1_000

// Fake timers do not reach node:timers/promises.
const sleep = async (ms: number) => await new Promise((resolve) => setTimeout(resolve, ms))

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

/** Does one call after the other, `CALL_MS` each. */
function slowTemporal() {
  let freeAt = Date.now()
  return async function call(): Promise<void> {
    freeAt = Math.max(freeAt, Date.now()) + CALL_MS
    const isLate = freeAt - Date.now() > DEADLINE_MS
    await sleep(isLate ? DEADLINE_MS : freeAt - Date.now())
    if (isLate) throw new Problem('temporal-unavailable')
  }
}

function apiOf(call: () => Promise<void>) {
  const codes = new Map<string, number>()
  const count = (code: string) => codes.set(code, (codes.get(code) ?? 0) + 1)
  const app = new Hono()
    .post('/', new ConcurrencyLimit(EVENTS).acquireSlot(), async (c) => {
      await call()
      count('accepted')
      return c.body(null, 202)
    })
    .onError((error, c) => {
      count(error instanceof Problem ? error.code : 'internal')
      return c.body(null, 503)
    })
  return { codes, send: async () => (await app.request('/', { method: 'POST' })).status }
}

it('has Temporal finish what it can while every sender repeats its event', async () => {
  const { codes, send } = apiOf(slowTemporal())
  for (let sender = 0; sender < SENDERS; sender += 1) {
    void (async () => {
      while ((await send()) !== 202) await sleep(RETRY_AFTER_MS)
    })()
  }
  await vi.advanceTimersByTimeAsync(30_000)
  expect(codes.get('accepted')).toBe(SENDERS)
})

it('returns to its own concurrency when Temporal is quick again, and then says overloaded', async () => {
  let isDead = true
  const { codes, send } = apiOf(async () => {
    await sleep(isDead ? DEADLINE_MS : 10)
    if (isDead) throw new Problem('temporal-unavailable')
  })
  const sendAll = async (events: number) => {
    const sent = Promise.all(Array.from({ length: events }, send))
    await vi.advanceTimersByTimeAsync(10_000)
    await sent
  }
  await sendAll(EVENTS.concurrency)
  // The four slots that are left serve one round in 2.5 s, so that the others get none.
  await sendAll(10)
  expect(Object.fromEntries(codes)).toEqual({ 'temporal-unavailable': EVENTS.concurrency + 10 })

  isDead = false
  await sendAll(EVENTS.concurrency)
  expect(codes.get('accepted')).toBe(EVENTS.concurrency)
  isDead = true
  // Sixty-four calls are on their way when the last one finds no slot.
  await sendAll(EVENTS.concurrency + 1)
  expect(codes.get('overloaded')).toBe(1)
})
