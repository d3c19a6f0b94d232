// Remembers when each step last succeeded on this worker, and for which customer.

interface Success {
  customer: string
  at: number
}

export class Successes {
  /** For each step the newest success, and the newest one of another customer. */
  readonly #newest = new Map<string, Success[]>()

  /** @param at in milliseconds since the epoch */
  note(step: string, success: Success): void {
    const others = (this.#newest.get(step) ?? []).filter(({ customer }) => customer !== success.customer)
    this.#newest.set(step, [success, ...others].slice(0, 2))
  }

  /** When the step last succeeded for a customer other than this one; `null` for never. */
  ofOthers(step: string, customer: string): number | null {
    return this.#newest.get(step)?.find((success) => success.customer !== customer)?.at ?? null
  }
}
