// Notices an outage of the CRM and its end, for the log and the metrics: one customer who fails says nothing about the others.

// As in promptness.ts: fewer customers in a row may each have a failure of their own.
const CUSTOMERS_IN_A_ROW = 3
// After this time without a failure, this worker tries no step any more. It is longer than a call (HUBSPOT_TIMEOUT_MS, up to 100 s)
// and the pause after it (workflows/activities.ts).
const UNTRIED_MS = 3 * 60_000

/** `began`: the steps of three customers in a row failed without an answer. `ended`: the CRM has answered a step since. */
export type OutageChange = 'began' | 'ended'

export class Outage {
  readonly #failed = new Set<string>()
  #lastFailedAt = 0
  readonly #onChange: (change: OutageChange) => void

  /** @param onChange called once for each beginning and each end */
  constructor(onChange: (change: OutageChange) => void) {
    this.#onChange = onChange
  }

  /** A step has failed for this customer, and the CRM was unavailable. */
  failed(customer: string): void {
    this.#lastFailedAt = performance.now()
    if (this.isOn) return
    this.#failed.add(customer)
    if (this.isOn) this.#onChange('began')
  }

  /** The CRM has done a step, or has rejected it; or it has answered a probe. */
  answered(): void {
    if (this.#failed.size === 0) return
    const wasOn = this.isOn
    this.#failed.clear()
    if (wasOn) this.#onChange('ended')
  }

  get isOn(): boolean {
    return this.#failed.size >= CUSTOMERS_IN_A_ROW
  }

  /**
   * Whether an outage is on and only a probe can show its end, since this worker tries no step. While steps still fail, a probe must
   * not end the outage: HubSpot may answer reads, such as the probe, and fail at writes.
   */
  get needsProbe(): boolean {
    return this.isOn && performance.now() - this.#lastFailedAt >= UNTRIED_MS
  }
}
