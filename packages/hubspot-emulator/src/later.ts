// What HubSpot does by itself some time after a request: by the emulator's clock, so that a test can hurry it.

import type { Clock } from './clock.ts'

interface Job {
  dueAt: number
  run: () => void
}

export class Later {
  readonly #clock: Clock
  readonly #afterRuns: () => void
  #jobs: Job[] = []
  readonly #timers = new Set<NodeJS.Timeout>()

  /** @param afterRuns is called whenever jobs have run, to keep what they did */
  constructor(clock: Clock, afterRuns: () => void) {
    this.#clock = clock
    this.#afterRuns = afterRuns
  }

  /** Without a delay it runs right after the request that asked for it. */
  add(delayMs: number, run: () => void): void {
    this.#jobs.push({ dueAt: this.#clock.now() + delayMs, run })
    if (delayMs === 0) return
    // A timer may fire a little early by the clock.
    const timer = setTimeout(() => {
      this.#timers.delete(timer)
      this.runDue()
    }, delayMs + 2).unref()
    this.#timers.add(timer)
  }

  runDue(): void {
    if (this.#jobs.length === 0) return
    const now = this.#clock.now()
    const due = this.#jobs.filter(({ dueAt }) => dueAt <= now)
    if (due.length === 0) return
    this.#jobs = this.#jobs.filter(({ dueAt }) => dueAt > now)
    for (const { run } of due) run()
    this.#afterRuns()
  }

  clear(): void {
    this.#jobs = []
    for (const timer of this.#timers) clearTimeout(timer)
    this.#timers.clear()
  }
}
