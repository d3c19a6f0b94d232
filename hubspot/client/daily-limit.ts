// The portal's daily limit. When it is reached, only one probe an hour goes out until the portal's midnight.

import type { QuotaState } from '../../domain/crm-state.ts'
import type { Clock } from './clock.ts'
import { msUntilMidnight } from './portal-midnight.ts'

export interface DailyLimitOptions {
  clock: Clock
  /** The part of the limit that stays for the portal's other apps, from 0 to 1. */
  reserve: number
  /** Called once when the limit is reached, and once when calls go out again. `untilMs` is the time until the portal's midnight. */
  onChange: (change: 'reached' | 'over', untilMs: number | null) => void
}

const HOUR_MS = 60 * 60_000
// The clocks of HubSpot and of this machine differ by less than this.
const AFTER_MIDNIGHT_MS = 30_000
const RETRY_MS = 60_000
// From the last tenth of the day's quota on, calls gather so that the rest lasts until midnight.
const SCARCE = 0.1
const MAX_GATHERING_MS = 60_000

export class DailyLimit {
  /** The portal's time zone, such as `Europe/Berlin`; without it the hourly probe alone finds the new day. */
  timeZone: string | null = null
  readonly #options: DailyLimitOptions
  #daily = Infinity
  #remaining = Infinity
  /** When HubSpot named the rest of the day, in milliseconds since the epoch. */
  #namedAt = -Infinity
  #nextProbeAt: number | null = null
  #isProbing = false
  #gatherUntil = -Infinity

  constructor(options: DailyLimitOptions) {
    this.#options = options
  }

  get isReached(): boolean {
    return this.#nextProbeAt !== null
  }

  state(): QuotaState['day'] {
    const known = (calls: number) => (Number.isFinite(calls) ? calls : null)
    const midnightMs = this.#untilMidnightMs()
    return {
      limit: known(this.#daily),
      left: this.#isOfToday() ? known(Math.max(0, this.#left())) : null,
      isReached: this.isReached,
      resetsAt: midnightMs === null ? null : new Date(this.#options.clock.date() + midnightMs).toISOString(),
    }
  }

  /**
   * Milliseconds until the next probe is due, in which no call may go; `null` when calls go out, or when a probe on its way decides.
   */
  untilProbeMs(now: number): number | null {
    return this.#nextProbeAt === null || this.#isProbing ? null : Math.max(0, this.#nextProbeAt - now)
  }

  /**
   * Milliseconds until the next call may go; `Infinity` while a probe is on its way. A neutral call, which does not gather, goes even
   * then: the probe itself may wait for it, while the circuit breaker is open.
   */
  waitMs(now: number, gathers: boolean): number {
    if (this.#isProbing) return gathers ? Infinity : 0
    if (this.#nextProbeAt !== null) return Math.max(0, this.#nextProbeAt - now)
    return gathers ? Math.max(0, this.#gatherUntil - now) : 0
  }

  /** Counts a call that goes out now. Returns whether it is the probe. */
  send(now: number): boolean {
    if (this.#nextProbeAt !== null) {
      this.#isProbing = true
      return true
    }
    this.#remaining -= 1
    this.#gatherUntil = now + this.#gatheringMs()
    return false
  }

  /** Reads HubSpot's headers. */
  read({ daily, remaining }: { daily: number; remaining: number }, isProbe: boolean): void {
    this.#daily = daily
    this.#remaining = remaining
    this.#namedAt = this.#options.clock.date()
    if (this.#left() > 0) {
      if (isProbe) this.#end()
    } else {
      this.#reach(null)
    }
  }

  /** HubSpot has answered 429 for the day. */
  reach(retryAfterMs: number | null): void {
    this.#remaining = 0
    this.#namedAt = this.#options.clock.date()
    this.#reach(retryAfterMs)
  }

  /** @param outcome `unclear`: no response, or one that says nothing about limits */
  probed(outcome: 'accepted' | 'rejected' | 'unclear'): void {
    this.#isProbing = false
    if (this.#nextProbeAt === null) return
    // Without daily headers, as for OAuth apps, an accepted call alone shows that the day is over.
    if (outcome === 'accepted' && (this.#left() > 0 || this.#daily === Infinity)) return this.#end()
    this.#nextProbeAt = outcome === 'unclear' ? this.#options.clock.now() + RETRY_MS : this.#probeAt(null)
  }

  /** Other apps use the quota as well, so that HubSpot's number says little after an hour, and nothing after midnight. */
  #isOfToday(): boolean {
    const ageMs = this.#options.clock.date() - this.#namedAt
    if (ageMs >= HOUR_MS) return false
    const dayMs = this.timeZone === null ? null : msUntilMidnight(this.timeZone, this.#namedAt)
    return dayMs === null || ageMs < dayMs
  }

  #left(): number {
    if (this.#daily === Infinity) return this.#remaining
    return this.#remaining - Math.ceil(this.#daily * this.#options.reserve)
  }

  #reach(retryAfterMs: number | null): void {
    if (this.#nextProbeAt !== null) return
    this.#nextProbeAt = this.#probeAt(retryAfterMs)
    this.#options.onChange('reached', this.#untilMidnightMs())
  }

  #end(): void {
    if (this.#nextProbeAt === null) return
    this.#nextProbeAt = null
    if (this.#daily === Infinity) this.#remaining = Infinity
    this.#options.onChange('over', null)
  }

  #probeAt(retryAfterMs: number | null): number {
    const midnightMs = this.#untilMidnightMs()
    const newDayMs = midnightMs === null ? Infinity : midnightMs + AFTER_MIDNIGHT_MS
    // HubSpot's own Retry-After counts, but a wrong one must not stop all calls for longer than a probe's pause.
    const askedMs = retryAfterMs === null ? Infinity : Math.max(retryAfterMs, 1000)
    return this.#options.clock.now() + Math.min(HOUR_MS, newDayMs, askedMs)
  }

  #gatheringMs(): number {
    const left = this.#left()
    const scarce = this.#daily * SCARCE
    if (!Number.isFinite(left) || left >= scarce) return 0
    const shareMs = (this.#untilMidnightMs() ?? 24 * HOUR_MS) / Math.max(1, left)
    return Math.min(MAX_GATHERING_MS, shareMs * (1 - left / scarce))
  }

  #untilMidnightMs(): number | null {
    return this.timeZone === null ? null : msUntilMidnight(this.timeZone, this.#options.clock.date())
  }
}
