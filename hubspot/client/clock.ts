// The time and the timers of the scheduler, so that tests can run hours of it at once.

export interface Clock {
  /** Milliseconds since some moment; they never go back. */
  now(): number
  /** Milliseconds since the epoch, for the portal's day. */
  date(): number
  /** Runs the function once, after so many milliseconds. Returns a function that cancels it. */
  after(ms: number, run: () => void): () => void
}

export const systemClock: Clock = {
  now: () => performance.now(),
  date: () => Date.now(),
  after(ms, run) {
    // Node's timers take whole milliseconds, and a longer time than this as 1 ms.
    const timer = setTimeout(run, Math.min(Math.ceil(ms), 2 ** 31 - 1))
    return () => clearTimeout(timer)
  },
}
