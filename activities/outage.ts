// Notices an outage of the CRM and its end, for the log and the metrics: one customer who fails says nothing about the others.

// As in promptness.ts: fewer customers in a row may each have a failure of their own.
const CUSTOMERS_IN_A_ROW = 3

/** `began`: the steps of three customers in a row failed without an answer. `ended`: the CRM has answered a step since. */
export type OutageChange = 'began' | 'ended'

export class Outage {
  readonly #failed = new Set<string>()
  readonly #onChange: (change: OutageChange) => void

  /** @param onChange called once for each beginning and each end */
  constructor(onChange: (change: OutageChange) => void) {
    this.#onChange = onChange
  }

  /** A step has failed for this customer, and the CRM was unavailable. */
  failed(customer: string): void {
    if (this.#isOn) return
    this.#failed.add(customer)
    if (this.#isOn) this.#onChange('began')
  }

  /** The CRM has done a step, or has rejected it. */
  answered(): void {
    if (this.#failed.size === 0) return
    const wasOn = this.#isOn
    this.#failed.clear()
    if (wasOn) this.#onChange('ended')
  }

  get #isOn(): boolean {
    return this.#failed.size >= CUSTOMERS_IN_A_ROW
  }
}
