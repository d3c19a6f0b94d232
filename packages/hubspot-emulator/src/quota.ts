// HubSpot's limits: calls per token in rolling ten seconds, searches per second, calls per day. They are always counted, and
// enforced only with the setting `enforceLimits`.

import type { Clock } from './clock.ts'
import { PortalDay } from './portal-day.ts'
import { overLimit, type LimitPolicy } from './errors-by-status.ts'
import type { ApiError } from './api-error.ts'
import { RollingWindow } from './rolling-window.ts'
import type { EmulatorSettings } from './settings.ts'

export interface Caller {
  token: string
  /** OAuth apps have a limit of their own and get no daily headers [D]. */
  isOAuthApp: boolean
}

/** Decides the limits that a call counts against. */
export type CallKind = 'search' | 'association' | 'other'

interface Windows {
  calls: RollingWindow
  associations: RollingWindow
  seconds: RollingWindow
}

const WINDOW_MS = 10_000
const SECOND_MS = 1000
// Far more than the number of apps in a portal. Limits the memory that a client can fill with ever new tokens.
const MAX_TOKENS = 1000

export class Quota {
  readonly #clock: Clock
  readonly #settings: () => EmulatorSettings
  readonly #day: PortalDay
  readonly #windows = new Map<string, Windows>()
  /** All tokens of a portal share the limit of searches [D]. */
  #searches = new RollingWindow(SECOND_MS)
  #callsToday = 0

  constructor(clock: Clock, settings: () => EmulatorSettings) {
    this.#clock = clock
    this.#settings = settings
    this.#day = new PortalDay(clock, () => settings().timeZone)
  }

  clear(): void {
    this.#windows.clear()
    this.#searches = new RollingWindow(SECOND_MS)
    this.#callsToday = 0
  }

  /**
   * Counts a call. With `enforceLimits`, a rejected call counts for the day only [I].
   *
   * @throws ApiError HubSpot's 429 for a call over a limit
   */
  count(caller: Caller, kind: CallKind): void {
    const settings = this.#settings()
    const now = this.#clock.now()
    if (this.#day.isNew()) this.#callsToday = 0
    this.#callsToday += 1
    const { calls, associations, seconds } = this.#windowsOf(caller)
    if (settings.enforceLimits) {
      if (this.#callsToday > settings.callsPerDay) throw this.#overLimit('DAILY', this.#day.msUntilMidnight())
      if (kind === 'search') {
        const waitMs = this.#searches.waitMs(now, settings.searchesPerSecond)
        if (waitMs > 0) throw this.#overLimit('SECONDLY', waitMs)
      } else {
        // Associations have a limit of their own [D]. Here they count for the general limit too [I].
        const ownWaitMs = kind === 'association' ? associations.waitMs(now, settings.associationCallsPer10s) : 0
        const waitMs = Math.max(calls.waitMs(now, limitOf(settings, caller)), ownWaitMs)
        if (waitMs > 0) throw this.#overLimit('TEN_SECONDLY_ROLLING', waitMs)
      }
    }
    if (kind === 'search') return this.#searches.add(now)
    calls.add(now)
    seconds.add(now)
    if (kind === 'association') associations.add(now)
  }

  /** [D][R] A response to a search has only the daily headers. For an OAuth app it has no limit headers. */
  headers(caller: Caller, kind: CallKind): Record<string, string> {
    const settings = this.#settings()
    const daily = {
      'x-hubspot-ratelimit-daily': String(settings.callsPerDay),
      'x-hubspot-ratelimit-daily-remaining': left(settings.callsPerDay, this.#callsToday),
    }
    if (kind === 'search') return caller.isOAuthApp ? {} : daily
    const now = this.#clock.now()
    const { calls, seconds } = this.#windowsOf(caller)
    const perWindow = limitOf(settings, caller)
    const perSecond = Math.floor(perWindow / 10)
    return {
      ...(caller.isOAuthApp ? {} : daily),
      'x-hubspot-ratelimit-interval-milliseconds': String(WINDOW_MS),
      'x-hubspot-ratelimit-max': String(perWindow),
      'x-hubspot-ratelimit-remaining': left(perWindow, calls.count(now)),
      'x-hubspot-ratelimit-secondly': String(perSecond),
      'x-hubspot-ratelimit-secondly-remaining': left(perSecond, seconds.count(now)),
    }
  }

  #windowsOf({ token }: Caller): Windows {
    const existing = this.#windows.get(token)
    if (existing !== undefined) return existing
    if (this.#windows.size >= MAX_TOKENS) this.#windows.clear()
    const windows = {
      calls: new RollingWindow(WINDOW_MS),
      associations: new RollingWindow(WINDOW_MS),
      seconds: new RollingWindow(SECOND_MS),
    }
    this.#windows.set(token, windows)
    return windows
  }

  #overLimit(policy: LimitPolicy, waitMs: number): ApiError {
    const retryAfter = this.#settings().sendRetryAfter ? { 'retry-after': String(Math.ceil(waitMs / 1000)) } : {}
    // [R] Only the error for the rolling limit names the group of apps that the limit applies to.
    return overLimit(policy, policy === 'TEN_SECONDLY_ROLLING' ? 'publicapi:private-apps:calls' : undefined, retryAfter)
  }
}

const limitOf = (settings: EmulatorSettings, caller: Caller): number =>
  caller.isOAuthApp ? settings.oauthCallsPer10s : settings.callsPer10s

const left = (max: number, used: number): string => String(Math.max(0, max - used))
