// Tracks whether the CRM answers promptly. While it does not, local activities send nothing, and regular ones follow.

// One failure may be one customer's own. Three customers in a row, with no success between, look like an outage.
const FAILURES_IN_A_ROW = 3
// A step that takes longer than a local activity may (attempt.ts) would go on as a regular one anyway.
const SLOW_MS = 1500

export class Promptness {
  #failed = new Set<string>()
  #isSlow = false

  get isPrompt(): boolean {
    return this.#failed.size < FAILURES_IN_A_ROW && !this.#isSlow
  }

  /** A step has failed for this customer, and is to be repeated. */
  failed(customer: string): void {
    if (this.#failed.size < FAILURES_IN_A_ROW) this.#failed.add(customer)
  }

  /** @param tookMs the time of the whole step */
  succeeded(tookMs: number): void {
    if (this.#failed.size > 0) this.#failed.clear()
    this.#isSlow = tookMs > SLOW_MS
  }
}
