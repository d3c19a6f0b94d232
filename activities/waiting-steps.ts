// Remembers which steps of this worker wait for the CRM, so that the age of the oldest one can be read.

export interface WaitingStep {
  /** When Temporal was first asked for the step, in milliseconds since the epoch. */
  since: number
  /** When the step is forgotten unless it is tried again before: another worker may have done it. */
  until: number
}

// The oldest step counts. During an outage those that come later need not be remembered.
const MOST_STEPS = 10_000
// The pauses of Temporal's retries grow to 30 s (workflows/activities.ts).
const LONGEST_PAUSE_MS = 30_000
// The next attempt comes up to a second late, and takes as long as the deadlines of its calls.
const SLACK_MS = 90_000

export class WaitingSteps {
  readonly #steps = new Map<string, WaitingStep>()
  readonly #now: () => number

  /** @param now the time in milliseconds since the epoch */
  constructor(now: () => number) {
    this.#now = now
  }

  /** An attempt of the step begins. */
  begins(key: string, since: number): void {
    this.#remember(key, { since, until: Infinity })
  }

  /** The attempt has failed, and Temporal makes the next one. @param retryAfterMs `null`: after the pauses of the retry policy */
  failed(key: string, since: number, retryAfterMs: number | null): void {
    this.#remember(key, { since, until: this.#now() + (retryAfterMs ?? LONGEST_PAUSE_MS) + SLACK_MS })
  }

  /** The step is done, rejected or cancelled. */
  ended(key: string): void {
    this.#steps.delete(key)
  }

  /** How long the oldest step has waited, in seconds; `null` when none waits. */
  oldestSeconds(): number | null {
    const now = this.#now()
    let oldest = Infinity
    for (const [key, { since, until }] of this.#steps) {
      if (until < now) this.#steps.delete(key)
      else if (since < oldest) oldest = since
    }
    return oldest === Infinity ? null : Math.max(0, (now - oldest) / 1000)
  }

  #remember(key: string, step: WaitingStep): void {
    if (this.#steps.size < MOST_STEPS || this.#steps.has(key)) this.#steps.set(key, step)
  }
}
