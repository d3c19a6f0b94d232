// One of HubSpot's limits, a number of calls in a rolling window: what is left of it, and how closely calls may follow each other.

import type { Clock } from './clock.ts'

export interface WindowOptions {
  clock: Clock
  max: number
  lengthMs: number
  /** The part of the limit that stays for the portal's other apps, from 0 to 1. */
  reserve: number
  /** The part of the quota that flows steadily; the rest is for calls that come at once. From 0 to 1. */
  steady: number
  /** Whether HubSpot's headers say what is left. Without them only onramp's own calls are known. */
  hasHeaders: boolean
}

/** A call as its window counts it. */
export interface CountedCall {
  /** How many calls were sent before it, with it included. */
  number: number
}

// Before HubSpot's first headers, and when the newest are older than the window, others may have used the quota up.
const CAREFUL_IN_FLIGHT = 10
// The calls of others that a header shows are counted in full for this long. Then they leave the window evenly.
const OTHERS_STEADY_MS = 1000
// The share of the quota that onramp always takes as its own, even when others use all of it: without calls there are no new headers.
const LEAST_SHARE = 0.02
// The last part of the quota is used more and more slowly, since no header shows yet what others are sending now.
const LAST_PART = 0.15
const MAX_GATHERING_SHARES = 4
const FIRST_PAUSE_MS = 250
const MAX_PAUSE_MS = 10_000

/**
 * HubSpot counts a call when it arrives, at an unknown time between sending and answer. Here a call counts from its sending until
 * a window after its answer, so HubSpot never counts more than this class does.
 */
export class CallWindow {
  readonly #options: WindowOptions
  #max: number
  #lengthMs: number
  #sent = 0
  #inFlight = 0
  /** When each answered call stops to count, the oldest first. The calls before `#first` no longer count. */
  #expiries: number[] = []
  #first = 0
  /** The calls of other workers and apps that the newest header shows. */
  #others = 0
  #othersAt = -Infinity
  #newestRead = 0
  /** The calls that were sent above the steady flow. The flow works them off. */
  #level = 0
  #levelAt = 0
  #nextAt = -Infinity
  #pausedUntil = -Infinity
  #pauses = 0

  constructor(options: WindowOptions) {
    this.#options = options
    this.#max = options.max
    this.#lengthMs = options.lengthMs
  }

  /** The calls that HubSpot allows in a window. */
  get max(): number {
    return this.#max
  }

  set max(max: number) {
    this.#max = max
  }

  /** The calls that onramp may send now, by its own count and by HubSpot's newest header. */
  remaining(now: number): number {
    return Math.floor(this.#usable() - this.#own(now) - this.#othersNow(now))
  }

  /**
   * Milliseconds until the next call may go; 0 for now, `Infinity` when the next answer decides.
   *
   * @param gathers whether the call waits for others that could share its request
   */
  waitMs(now: number, gathers: boolean): number {
    const isCareful = this.#options.hasHeaders && now - this.#othersAt > this.#lengthMs
    if (isCareful && this.#inFlight >= CAREFUL_IN_FLIGHT) return Infinity
    const gatherMs = gathers ? this.#nextAt - now : 0
    // A shorter interval is not worth a timer.
    return Math.max(0, this.#pausedUntil - now, this.#freeAt(now) - now, gatherMs < 0.5 ? 0 : gatherMs)
  }

  /** Counts a call that goes out now. */
  send(now: number): CountedCall {
    this.#sent += 1
    this.#inFlight += 1
    const { steady } = this.#options
    // The quota that others use is not part of the steady flow.
    const own = Math.max(this.#usable() - this.#othersNow(now), LEAST_SHARE * this.#usable())
    const shareMs = this.#lengthMs / (steady * own)
    this.#level = Math.max(0, this.#level - (now - this.#levelAt) / shareMs) + 1
    this.#levelAt = now
    const full = Math.max(2, (1 - steady) * own)
    const shortage = Math.max(0, (this.#level - full / 2) / (full / 2))
    const rest = (LAST_PART * this.#usable()) / Math.max(1, this.remaining(now)) - 1
    this.#nextAt = now + shareMs * Math.min(Math.max(shortage ** 2, rest), MAX_GATHERING_SHARES)
    return { number: this.#sent }
  }

  answered(now: number): void {
    this.#inFlight -= 1
    // One more millisecond, since HubSpot's clock and this one round differently.
    this.#expiries.push(now + this.#lengthMs + 1)
    if (now >= this.#pausedUntil) this.#pauses = 0
  }

  /** The call sent no request, or HubSpot has rejected it with a 429, which it does not count. */
  giveBack(): void {
    this.#inFlight -= 1
    this.#sent -= 1
  }

  /** HubSpot has answered 429. Without a `Retry-After` each further 429 doubles the pause. */
  pause(now: number, retryAfterMs: number | null): void {
    if (now < this.#pausedUntil && retryAfterMs === null) return
    const pauseMs = Math.min(retryAfterMs ?? FIRST_PAUSE_MS * 2 ** this.#pauses, MAX_PAUSE_MS)
    this.#pauses += 1
    this.#pausedUntil = Math.max(this.#pausedUntil, now + pauseMs)
  }

  /** Reads the headers of a call. They may not count the calls that were sent after it, so those are subtracted from what is left. */
  read(
    call: CountedCall,
    now: number,
    { max, remaining, lengthMs }: { max: number; remaining: number; lengthMs: number },
  ): void {
    if (call.number < this.#newestRead && now - this.#othersAt < OTHERS_STEADY_MS) return
    this.#newestRead = call.number
    this.#lengthMs = lengthMs
    const counted = Math.max(0, this.#own(now) - Math.max(0, this.#sent - call.number))
    this.#others = Math.max(0, max - remaining - counted)
    this.#othersAt = now
  }

  #usable(): number {
    return Math.max(1, Math.floor(this.#max * (1 - this.#options.reserve)))
  }

  #own(now: number): number {
    while (this.#first < this.#expiries.length && this.#expiries[this.#first]! <= now) this.#first += 1
    // Removes old times in bulk, since removing one from the front copies all others.
    if (this.#first > 1000 && this.#first > this.#expiries.length / 2) {
      this.#expiries = this.#expiries.slice(this.#first)
      this.#first = 0
    }
    return this.#inFlight + this.#expiries.length - this.#first
  }

  #othersNow(now: number): number {
    const leavingMs = Math.max(1, this.#lengthMs - OTHERS_STEADY_MS)
    const left = (now - this.#othersAt - OTHERS_STEADY_MS) / leavingMs
    return this.#others * (1 - Math.min(1, Math.max(0, left)))
  }

  /** When a call fits into the window again; `Infinity` while an answer decides. */
  #freeAt(now: number): number {
    if (this.remaining(now) >= 1) return now
    // Nobody knows when the calls of others leave the window, so onramp looks again after the time of one call.
    const look = this.#othersNow(now) > 0 ? now + this.#lengthMs / this.#usable() : Infinity
    return Math.min(this.#expiries[this.#first] ?? Infinity, look)
  }
}
