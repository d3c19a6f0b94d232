// All of HubSpot's limits together: which of them a call counts against, when it may go, and what the responses say about them.

import type { LimitPolicy, QuotaState } from '../../domain/crm-state.ts'
import { CallWindow } from './call-window.ts'
import type { CountedCall } from './call-window.ts'
import type { CallKind } from './call-kind.ts'
import type { Clock } from './clock.ts'
import { DailyLimit } from './daily-limit.ts'
import type { DailyLimitOptions } from './daily-limit.ts'
import { limitOf, provesTokenValid } from './errors.ts'
import { HubSpotError } from './hubspot-error.ts'
import type { Sending } from './sending.ts'

export interface QuotaOptions {
  clock: Clock
  /** Replaces the limit that HubSpot's headers state; `null` follows the headers. */
  callsPer10s: number | null
  /** The percentage of each limit that stays for the portal's other apps. */
  reservePercent: number
  onDailyLimit: DailyLimitOptions['onChange']
}

/** A call that has left the scheduler. */
export interface QuotaUse extends Sending {
  /** The call has ended. `null`: with a success. */
  end(error: unknown): void
}

// HubSpot's smallest plan, until its headers state the limit.
const LEAST_CALLS = 100
const WINDOW_MS = 10_000
// Per portal, for all apps together; the responses to searches state no limit.
const SEARCHES_PER_SECOND = 5
const SECOND_MS = 1000
// A fifth of a window is for calls that come at the same time. The rest flows steadily, so a burst cannot use up the quota of ten
// seconds in one second.
const STEADY = 0.8
// Two searches may be sent at the same time.
const STEADY_SEARCHES = 0.5

export class Quota {
  readonly #options: QuotaOptions
  readonly #calls: CallWindow
  readonly #associations: CallWindow
  readonly #searches: CallWindow
  readonly day: DailyLimit
  /** How often HubSpot has answered 429, by the limit. */
  readonly limited: Record<LimitPolicy, number> = { second: 0, 'ten-seconds': 0, day: 0 }

  constructor(options: QuotaOptions) {
    this.#options = options
    const { clock, callsPer10s } = options
    const reserve = options.reservePercent / 100
    const max = callsPer10s ?? LEAST_CALLS
    const window = { clock, reserve, lengthMs: WINDOW_MS, steady: STEADY, hasHeaders: false }
    this.#calls = new CallWindow({ ...window, max, hasHeaders: true })
    this.#associations = new CallWindow({ ...window, max: associationsFor(max) })
    const searches = { max: SEARCHES_PER_SECOND, lengthMs: SECOND_MS, steady: STEADY_SEARCHES }
    this.#searches = new CallWindow({ ...window, ...searches })
    this.day = new DailyLimit({ clock, reserve, onChange: options.onDailyLimit })
  }

  /** The calls that onramp may send now in HubSpot's window of ten seconds. */
  get remaining(): number {
    return Math.max(0, this.#calls.remaining(this.#options.clock.now()))
  }

  state(): QuotaState {
    return { tenSeconds: { limit: this.#calls.max, left: this.remaining }, day: this.day.state() }
  }

  /** Milliseconds until a call of the kind may go; 0 for now, `Infinity` when the next answer decides. */
  waitMs(kind: CallKind, gathers: boolean): number {
    const now = this.#options.clock.now()
    const waits = this.#windowsOf(kind).map((window) => window.waitMs(now, gathers))
    const dayMs = this.day.isReached && !mayProbe(kind) ? Infinity : this.day.waitMs(now, gathers)
    return Math.max(dayMs, ...waits)
  }

  /**
   * Milliseconds until the next probe when a call of the kind cannot go out before, since the day's quota is used up; `null` when it
   * can.
   */
  dayPauseMs(kind: CallKind): number | null {
    const untilProbeMs = this.day.untilProbeMs(this.#options.clock.now())
    return untilProbeMs === 0 && mayProbe(kind) ? null : untilProbeMs
  }

  /** Counts a call of the kind that goes out now. */
  send(kind: CallKind): QuotaUse {
    const { clock } = this.#options
    const windows = this.#windowsOf(kind)
    const now = clock.now()
    const isProbe = this.day.send(now)
    const counted = windows.map((window) => ({ window, call: window.send(now) }))
    let isSent = false
    return {
      signal: undefined,
      onRequest: () => {
        isSent = true
      },
      onResponse: (_, headers) => {
        const general = counted.find(({ window }) => window === this.#calls)
        this.#read(headers, general?.call ?? null, isProbe)
      },
      end: (error) => {
        const limit = error instanceof HubSpotError ? limitOf(error) : null
        for (const { window } of counted) {
          if (!isSent || limit !== null) window.giveBack()
          else window.answered(clock.now())
        }
        if (limit !== null) {
          this.limited[limit] += 1
          this.#pause(error as HubSpotError, limit, kind)
        }
        if (isProbe) this.day.probed(!isSent ? 'unclear' : probeOutcome(error, limit))
      },
    }
  }

  #windowsOf(kind: CallKind): CallWindow[] {
    if (kind === 'company.search') return [this.#searches]
    return kind.startsWith('association.') ? [this.#calls, this.#associations] : [this.#calls]
  }

  #read(headers: Record<string, string>, call: CountedCall | null, isProbe: boolean): void {
    const daily = wholeNumber(headers['x-hubspot-ratelimit-daily'])
    const remainingToday = wholeNumber(headers['x-hubspot-ratelimit-daily-remaining'])
    if (daily !== null && remainingToday !== null) this.day.read({ daily, remaining: remainingToday }, isProbe)

    const max = wholeNumber(headers['x-hubspot-ratelimit-max'])
    const remaining = wholeNumber(headers['x-hubspot-ratelimit-remaining'])
    if (call === null || max === null || max === 0 || remaining === null) return
    if (this.#options.callsPer10s === null && this.#calls.max !== max) {
      this.#calls.max = max
      this.#associations.max = associationsFor(max)
    }
    const lengthMs = wholeNumber(headers['x-hubspot-ratelimit-interval-milliseconds']) ?? WINDOW_MS
    this.#calls.read(call, this.#options.clock.now(), {
      max,
      remaining,
      lengthMs: Math.min(Math.max(lengthMs, 1000), 60_000),
    })
  }

  #pause(error: HubSpotError, limit: LimitPolicy, kind: CallKind): void {
    const retryAfterMs = error.retryAfterSeconds === null ? null : error.retryAfterSeconds * 1000
    if (limit === 'day') return this.day.reach(retryAfterMs)
    const isSearch = kind === 'company.search'
    for (const window of this.#windowsOf(kind)) {
      window.pause(this.#options.clock.now(), retryAfterMs ?? (isSearch ? SECOND_MS : null))
    }
  }
}

/** The responses to searches have no limit headers, so that one of them does not show whether the next day has begun. */
function mayProbe(kind: CallKind): boolean {
  return kind !== 'company.search'
}

/** [D] 100, 150 or 200 by plan; the headers do not state it. */
function associationsFor(callsPer10s: number): number {
  if (callsPer10s <= 110) return 100
  return callsPer10s <= 190 ? 150 : Math.floor(callsPer10s * 0.8)
}

function probeOutcome(error: unknown, limit: string | null) {
  if (limit !== null) return limit === 'day' ? 'rejected' : 'unclear'
  return error === null || (error instanceof HubSpotError && provesTokenValid(error)) ? 'accepted' : 'unclear'
}

function wholeNumber(header: string | undefined): number | null {
  return header !== undefined && /^\d{1,9}$/.test(header) ? Number(header) : null
}
