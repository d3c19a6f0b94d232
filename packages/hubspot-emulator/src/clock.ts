// The emulator's time: the machine's, plus whatever a test has moved it forward, so that nobody waits for a token to expire.

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
