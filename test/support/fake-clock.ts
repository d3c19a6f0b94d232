// A clock for the scheduler that runs hours of timers at once, in their order.

import type { Clock } from '../../hubspot/client/clock.ts'

interface Timer {
  at: number
  run: () => void
}

export class FakeClock implements Clock {
  #now = 0
  readonly #startedAt: number
  /** The next one first; of timers for one time, the older one. */
  readonly #timers: Timer[] = []

  /** @param startedAt milliseconds since the epoch */
  constructor(startedAt = Date.parse('2026-12-01T12:00:00Z')) {
    this.#startedAt = startedAt
  }

  now(): number {
    return this.#now
  }

  date(): number {
    return this.#startedAt + this.#now
  }

  after(ms: number, run: () => void): () => void {
    if (!(ms >= 0)) throw new Error(`A timer of ${ms} ms`)
    const timer = { at: this.#now + ms, run }
    let low = 0
    let high = this.#timers.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if (this.#timers[middle]!.at <= timer.at) low = middle + 1
      else high = middle
    }
    this.#timers.splice(low, 0, timer)
    return () => {
      const place = this.#timers.indexOf(timer)
      if (place !== -1) this.#timers.splice(place, 1)
    }
  }

  sleep(ms: number): Promise<void> {
    return new Promise((resolve) => this.after(ms, resolve))
  }

  /** Runs all timers of the next `ms` milliseconds, and the promises that follow each. */
  async advance(ms: number): Promise<void> {
    const end = this.#now + ms
    await settled()
    for (;;) {
      const [next] = this.#timers
      if (!next || next.at > end) break
      await this.#run(next)
    }
    this.#now = end
  }

  /** Runs timers until the promise is settled. @throws when no timer is left before, or after a day */
  async until<T>(promise: Promise<T>): Promise<T> {
    let isSettled = false
    const watch = () => {
      isSettled = true
    }
    promise.then(watch, watch)
    const end = this.#now + 24 * 60 * 60_000
    for (;;) {
      await settled()
      if (isSettled) return await promise
      const [next] = this.#timers
      if (!next || next.at > end) throw new Error(`Nothing happens any more at ${this.#now} ms`)
      await this.#run(next)
    }
  }

  async #run(timer: Timer): Promise<void> {
    this.#timers.shift()
    this.#now = Math.max(this.#now, timer.at)
    timer.run()
    await settled()
  }
}

/** All promises that can go on have gone on. */
async function settled(): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve))
}
