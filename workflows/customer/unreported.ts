// What has happened to a customer in this run and is not reported yet. It is no part of the state: a report may be missed.

import type { Progress } from '../../domain/progress.ts'
import type { Phase } from '../../domain/onboarding.ts'

export class Unreported {
  #entries: Progress[] = []
  #phase: Phase | null

  /** @param phase the phase in which the previous run ended; `null` for a new customer */
  constructor(phase: Phase | null) {
    this.#phase = phase
  }

  add(entry: Progress): void {
    this.#entries.push(entry)
  }

  /** The customer is in this phase now. */
  reached(phase: Phase): void {
    if (phase === this.#phase) return
    this.#phase = phase
    this.add({ what: 'phase', phase })
  }

  take(): Progress[] {
    const entries = this.#entries
    this.#entries = []
    return entries
  }
}
