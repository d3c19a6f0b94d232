// Lets only so many requests to Temporal at a time, a few more wait a little, and the rest is turned away at once.

import type { MiddlewareHandler } from 'hono'
import PQueue from 'p-queue'
import { metrics } from '../../platform/metrics.ts'
import { Problem } from './problem.ts'

/** Requests of one kind, which wait for each other and for no others. */
interface LaneOptions {
  name: 'events' | 'operators'
  /** How many may be with Temporal at a time. */
  concurrency: number
  /** How many may wait. */
  waiting: number
  /** How long each may wait. */
  waitMs: number
}

// Measured by `npm run bench -- overload`, 500 connections that never pause, the whole stack on two cores (docs/performance.md).
// More at a time with Temporal: 16, 32, 64, 128 accept 115, 150, 165, 165 a second. Whoever is turned away at once is back at
// once, so a long waiting room and patience are better for everybody: with 2 s instead of 0.4 s most of the events are accepted,
// and /health/live takes 25 ms instead of 90 ms (p99). A thousand waiting bodies hold 64 MiB at most.
export const EVENTS: LaneOptions = { name: 'events', concurrency: 64, waiting: 1_000, waitMs: 2_000 }

// A question that nobody answers takes 0.5 s longer, to find out who is missing.
export const OPERATORS: LaneOptions = { name: 'operators', concurrency: 16, waiting: 64, waitMs: 400 }

// A sender waits for at most 3.5 s. Who has waited here has less of it left for Temporal; a busy machine needs the rest.
const ANSWER_WITHIN_MS = 3_200

/** What `admit` leaves for the route: until when its answer is due, in milliseconds since the epoch. */
export interface Admitted {
  Variables: { answerBy: number }
}

export class Lane {
  readonly #options: LaneOptions
  readonly #queue: PQueue

  constructor(options: LaneOptions) {
    this.#options = options
    this.#queue = new PQueue({ concurrency: options.concurrency })
    for (const event of ['add', 'active', 'next'] as const) this.#queue.addEventListener(event, () => this.#show())
  }

  /** Turns requests away that would not get a place, before anything is spent on them. */
  unlessFull(): MiddlewareHandler {
    return async (_, next) => {
      if (this.#isFull()) throw new Problem('overloaded')
      await next()
    }
  }

  /**
   * Has the request wait for its place and keeps that for it until it is answered.
   *
   * @throws Problem 503 `overloaded`
   */
  admit(): MiddlewareHandler<Admitted> {
    return async (c, next) => {
      if (this.#isFull()) throw new Problem('overloaded')
      c.set('answerBy', Date.now() + ANSWER_WITHIN_MS)
      const patience = new AbortController()
      const timer = setTimeout(() => patience.abort(new Problem('overloaded')), this.#options.waitMs)
      await this.#queue.add(
        async () => {
          clearTimeout(timer)
          await next()
        },
        { signal: patience.signal },
      )
    }
  }

  #isFull(): boolean {
    return this.#queue.size >= this.#options.waiting
  }

  #show(): void {
    metrics.requests.set({ lane: this.#options.name, state: 'waiting' }, this.#queue.size)
    metrics.requests.set({ lane: this.#options.name, state: 'active' }, this.#queue.pending)
  }
}
