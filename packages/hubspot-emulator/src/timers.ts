// Runs actions that HubSpot performs some time after a request. Due times follow the emulator's clock, which tests can advance.

import type { Clock } from './clock.ts'

interface Timer {
  dueAt: number
  run: () => void
}

export class Timers {
  readonly #clock: Clock
  readonly #onTimeout: () => void
  #timers: Timer[] = []
  readonly #timeouts = new Set<NodeJS.Timeout>()

  /** @param onTimeout is called when a delay has passed; it runs the actions that are due and stores their changes */
  constructor(clock: Clock, onTimeout: () => void) {
    this.#clock = clock
    this.#onTimeout = onTimeout
  }

  /** Without a delay the action runs at the end of the request that adds it. */
  add(delayMs: number, run: () => void): void {
    this.#timers.push({ dueAt: this.#clock.now() + delayMs, run })
    if (delayMs === 0) return
    // Node may fire a timeout slightly before the clock reaches `dueAt`.
    const timeout = setTimeout(() => {
      this.#timeouts.delete(timeout)
      this.#onTimeout()
    }, delayMs + 2).unref()
    this.#timeouts.add(timeout)
  }

  runDue(): void {
    if (this.#timers.length === 0) return
    const now = this.#clock.now()
    const due = this.#timers.filter(({ dueAt }) => dueAt <= now)
    if (due.length === 0) return
    this.#timers = this.#timers.filter(({ dueAt }) => dueAt > now)
    for (const { run } of due) run()
  }

  clear(): void {
    this.#timers = []
    for (const timeout of this.#timeouts) clearTimeout(timeout)
    this.#timeouts.clear()
  }
}
