// Limits how many requests use Temporal at a time. Further requests wait briefly in a queue. When the queue is full, they are
// rejected at once. While Temporal is too slow, fewer requests use it at a time, so that it finishes those.

import type { MiddlewareHandler } from 'hono'
import PQueue from 'p-queue'
import { metrics } from '../../platform/metrics.ts'
import { Problem } from '../problems/problem.ts'

/** The limit of one kind of request. Events and operators' requests never wait for each other. */
interface Limit {
  /** The label `lane` of the metric `onramp_requests`. */
  lane: 'events' | 'operators'
  /** How many requests may use Temporal at a time, as long as it answers in time. */
  concurrency: number
  /** How many requests may wait for a slot. */
  maxWaiting: number
  maxWaitMs: number
}

// From `npm run bench -- overload`: 500 connections without a pause, the whole stack on two cores (docs/performance.md).
// 16, 32, 64 and 128 slots accept 115, 150, 165 and 165 events a second. A rejected sender is back at once, so a long queue
// serves everybody better: with 2 s instead of 0.4 s most events are accepted, and the p99 of /health/live is 25 ms instead of
// 90 ms. A thousand waiting bodies hold at most 64 MiB.
export const EVENTS: Limit = { lane: 'events', concurrency: 64, maxWaiting: 1_000, maxWaitMs: 2_000 }

// A call that no worker answers takes 0.5 s longer, because that call probes Temporal (temporal/ask-temporal.ts).
export const OPERATORS: Limit = { lane: 'operators', concurrency: 16, maxWaiting: 64, maxWaitMs: 400 }

// A sender waits for at most 3.5 s, including the time in the queue. This deadline leaves 0.3 s for a busy machine.
const ANSWER_WITHIN_MS = 3_200

// A call that Temporal did not answer in time still costs Temporal its work, and the sender repeats the event. With a fixed limit an
// overloaded Temporal may do nothing else than work for callers who have left (docs/proof.md). These are the steps of additive
// increase and multiplicative decrease, as in Netflix's concurrency-limits. When 64 calls fail together, the limit falls to the least.
const DECREASE = 0.9
const INCREASE = 1
const LEAST_CONCURRENCY = 4

/** A variable for the route: the time when its response is due, in milliseconds since the epoch. */
export interface ResponseDeadline {
  Variables: { answerBy: number }
}

/** The slots and the queue of one kind of request. */
export class ConcurrencyLimit {
  readonly #limit: Limit
  readonly #queue: PQueue
  /** The present limit, from `LEAST_CONCURRENCY` up to the limit's own. It is not rounded, so that small changes add up. */
  #concurrency: number

  constructor(limit: Limit) {
    this.#limit = limit
    this.#concurrency = limit.concurrency
    this.#queue = new PQueue({ concurrency: limit.concurrency })
    for (const event of ['add', 'active', 'next'] as const) {
      this.#queue.addEventListener(event, () => this.#updateMetrics())
    }
  }

  /**
   * Rejects a request at once when the queue is full, before its body is read.
   *
   * @throws Problem 503 `overloaded`, or `temporal-unavailable` while Temporal is too slow
   */
  rejectIfFull(): MiddlewareHandler {
    return async (_, next) => {
      this.#assertNotFull()
      await next()
    }
  }

  /**
   * Waits for a slot and keeps it until the request is answered.
   *
   * @throws Problem 503 `overloaded`, or `temporal-unavailable` while Temporal is too slow
   */
  acquireSlot(): MiddlewareHandler<ResponseDeadline> {
    return async (c, next) => {
      this.#assertNotFull()
      c.set('answerBy', Date.now() + ANSWER_WITHIN_MS)
      const waiting = new AbortController()
      const timer = setTimeout(() => waiting.abort(this.#noSlot()), this.#limit.maxWaitMs)
      await this.#queue.add(
        async () => {
          clearTimeout(timer)
          await next()
          // A request that is rejected for another reason says nothing about Temporal.
          if (c.error === undefined) this.#adapt(this.#concurrency + INCREASE)
          else if (isOfTemporal(c.error)) this.#adapt(this.#concurrency * DECREASE)
        },
        { signal: waiting.signal },
      )
    }
  }

  #assertNotFull(): void {
    if (this.#queue.size >= this.#limit.maxWaiting) throw this.#noSlot()
  }

  /** The reason why there is no slot: too many requests, or a Temporal that takes fewer of them than usual. */
  #noSlot(): Problem {
    return new Problem(this.#concurrency < this.#limit.concurrency ? 'temporal-unavailable' : 'overloaded')
  }

  #adapt(concurrency: number): void {
    this.#concurrency = Math.min(this.#limit.concurrency, Math.max(LEAST_CONCURRENCY, concurrency))
    this.#queue.concurrency = Math.floor(this.#concurrency)
    this.#updateMetrics()
  }

  #updateMetrics(): void {
    const { lane } = this.#limit
    metrics.requests.set({ lane, state: 'waiting' }, this.#queue.size)
    metrics.requests.set({ lane, state: 'active' }, this.#queue.pending)
    metrics.requests.set({ lane, state: 'limit' }, this.#queue.concurrency)
  }
}

const isOfTemporal = (error: Error) => error instanceof Problem && error.code === 'temporal-unavailable'
