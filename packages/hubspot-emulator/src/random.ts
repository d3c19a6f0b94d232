// A random generator with a seed: random faults, latencies and row orders are the same in every run.

export class Random {
  #state: number

  constructor(seed: number) {
    this.#state = seed >>> 0
  }

  /** Starts the sequence of this seed from its beginning. */
  reseed(seed: number): void {
    this.#state = seed >>> 0
  }

  /** A number from 0 (inclusive) to 1 (exclusive). The generator is mulberry32: tiny, and good enough for tests. */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0
    let mixed = this.#state
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }

  shuffled<T>(items: readonly T[]): T[] {
    const left = [...items]
    const drawn: T[] = []
    while (left.length > 0) drawn.push(...left.splice(Math.floor(this.next() * left.length), 1))
    return drawn
  }
}
