// The emulator's clock: the machine's time plus an offset that tests can add, so that they do not wait for a token to expire.

export class Clock {
  #offsetMs = 0

  /** Milliseconds since the epoch. */
  now(): number {
    return Date.now() + this.#offsetMs
  }

  advance(ms: number): void {
    this.#offsetMs += ms
  }

  reset(): void {
    this.#offsetMs = 0
  }
}
