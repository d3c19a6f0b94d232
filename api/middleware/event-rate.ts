// Counts the events that this process has accepted in the last minute.

import type { MiddlewareHandler } from 'hono'

const SECONDS = 60

/** One counter for each of the last sixty seconds. */
export class EventRate {
  readonly #counters = Array.from({ length: SECONDS }, () => ({ second: 0, count: 0 }))

  count(): MiddlewareHandler {
    const note = () => this.#note()
    return async function countAcceptedEvent(c, next) {
      await next()
      if (c.res.status === 202) note()
    }
  }

  lastMinute(): number {
    const now = Math.floor(Date.now() / 1000)
    const recent = this.#counters.filter(({ second }) => second > now - SECONDS)
    return recent.reduce((sum, { count }) => sum + count, 0)
  }

  #note(): void {
    const second = Math.floor(Date.now() / 1000)
    const counter = this.#counters[second % SECONDS]
    if (counter === undefined) return
    if (counter.second !== second) Object.assign(counter, { second, count: 0 })
    counter.count += 1
  }
}
