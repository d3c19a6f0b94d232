// Remembers the failures in a row of each step, for the step's next activity. A run with a long history cancels the activity of a
// step that fails. The next run starts another activity, which gets no heartbeat details of the cancelled one.

import type { FailuresInARow } from './failures-in-a-row.ts'

// Only steps that fail are remembered. During an outage, which parks nobody, those that come later need not be.
const MOST_STEPS = 10_000
// Failures from before the step began to wait belong to an earlier series. The clocks of Temporal and of the workers may differ by this.
const CLOCKS_MS = 60_000

/** The failures of one worker's steps, at most 10,000; the oldest are dropped. */
export class EarlierFailures {
  readonly #steps = new Map<string, FailuresInARow>()

  /** An attempt of the step has failed. `null`: by a failure that does not count. */
  failed(key: string, failures: FailuresInARow | null): void {
    if (failures === null) return
    this.#steps.delete(key)
    this.#steps.set(key, failures)
    for (const oldest of this.#steps.keys()) {
      if (this.#steps.size <= MOST_STEPS) break
      this.#steps.delete(oldest)
    }
  }

  /** The step is done. */
  ended(key: string): void {
    this.#steps.delete(key)
  }

  /** @param waitsSince since when the step waits, in milliseconds since the epoch; absent when it did not wait before this activity */
  of(key: string, waitsSince: number | undefined): FailuresInARow | null {
    const failures = this.#steps.get(key)
    if (failures === undefined || waitsSince === undefined) return null
    return failures.since >= waitsSince - CLOCKS_MS ? failures : null
  }
}
