// Limits how many requests use Temporal at a time. Further requests wait briefly in a queue. When the queue is full, they are
// rejected at once.

import type { MiddlewareHandler } from 'hono'
import PQueue from 'p-queue'
import { metrics } from '../../platform/metrics.ts'
import { Problem } from '../problems/problem.ts'

/** The limit of one kind of request. Events and operators' requests never wait for each other. */
interface Limit {
  /** The label `lane` of the metric `onramp_requests`. */
  lane: 'events' | 'operators'
  /** How many requests may use Temporal at a time. */
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

/** A variable for the route: the time when its response is due, in milliseconds since the epoch. */
export interface ResponseDeadline {
  Variables: { answerBy: number }
}

/** The slots and the queue of one kind of request. */
export class ConcurrencyLimit {
  readonly #limit: Limit
  readonly #queue: PQueue

  constructor(limit: Limit) {
    this.#limit = limit
    this.#queue = new PQueue({ concurrency: limit.concurrency })
    for (const event of ['add', 'active', 'next'] as const) {
      this.#queue.addEventListener(event, () => this.#updateMetrics())
    }
  }

  /**
   * Rejects a request at once when the queue is full, before its body is read.
   *
   * @throws Problem 503 `overloaded`
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
   * @throws Problem 503 `overloaded`
   */
  acquireSlot(): MiddlewareHandler<ResponseDeadline> {
    return async (c, next) => {
      this.#assertNotFull()
      c.set('answerBy', Date.now() + ANSWER_WITHIN_MS)
      const waiting = new AbortController()
      const timer = setTimeout(() => waiting.abort(new Problem('overloaded')), this.#limit.maxWaitMs)
      await this.#queue.add(
        async () => {
          clearTimeout(timer)
          await next()
        },
        { signal: waiting.signal },
      )
    }
  }

  #assertNotFull(): void {
    if (this.#queue.size >= this.#limit.maxWaiting) throw new Problem('overloaded')
  }

  #updateMetrics(): void {
    const { lane } = this.#limit
    metrics.requests.set({ lane, state: 'waiting' }, this.#queue.size)
    metrics.requests.set({ lane, state: 'active' }, this.#queue.pending)
  }
}
