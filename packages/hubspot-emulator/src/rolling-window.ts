// Counts the events of the last `lengthMs` milliseconds. Its cost does not grow with the count.

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
    // Removes old times in bulk, since removing one from the front copies all others.
    if (this.#first > 1000 && this.#first > this.#times.length / 2) {
      this.#times = this.#times.slice(this.#first)
      this.#first = 0
    }
    return this.#times.length - this.#first
  }

  /** Milliseconds until one more event is within the limit `max`; 0 when it is within the limit now. */
  waitMs(now: number, max: number): number {
    const excess = this.count(now) - max
    if (excess < 0) return 0
    // A limit of 0 never allows a call.
    return (this.#times[this.#first + excess] ?? now) + this.#lengthMs - now
  }
}
