// Counts what happened within the last so many milliseconds, at a cost that does not grow with the count.

export class RollingWindow {
  readonly #lengthMs: number
  #times: number[] = []
  #first = 0

  constructor(lengthMs: number) {
    this.#lengthMs = lengthMs
  }

  add(now: number): void {
    this.#times.push(now)
  }

  count(now: number): number {
    while (this.#first < this.#times.length && this.#times[this.#first]! <= now - this.#lengthMs) this.#first += 1
    // Old times go in bulk, since taking one off the front copies all the others.
    if (this.#first > 1000 && this.#first > this.#times.length / 2) {
      this.#times = this.#times.slice(this.#first)
      this.#first = 0
    }
    return this.#times.length - this.#first
  }

  /** Milliseconds until one more fits in; 0 when it does now. */
  waitFor(now: number, most: number): number {
    const tooMany = this.count(now) - most
    if (tooMany < 0) return 0
    // A limit of none never lets anybody through.
    return (this.#times[this.#first + tooMany] ?? now) + this.#lengthMs - now
  }
}
