// HubSpot's limits: a rolling ten seconds per token, searches per second and calls per day; counted always, enforced when asked.

import type { Clock } from './clock.ts'
import { PortalDay } from './portal-day.ts'
import { overLimit, type LimitPolicy } from './refusal-by-status.ts'
import type { Refusal } from './refusal.ts'
import { RollingWindow } from './rolling-window.ts'
import type { EmulatorSettings } from './settings.ts'

export interface Caller {
  token: string
  /** Apps of this kind have a limit of their own, and no daily headers [D]. */
  isOAuthApp: boolean
}

/** Which limits a call counts against. */
export type CallKind = 'search' | 'association' | 'other'

interface Windows {
  calls: RollingWindow
  associations: RollingWindow
  seconds: RollingWindow
}

const WINDOW_MS = 10_000
const SECOND_MS = 1000
// Only as many tokens as a portal has apps are expected; somebody who makes up tokens must not fill the memory.
const MOST_TOKENS = 1000

export class Quota {
  readonly #clock: Clock
  readonly #settings: () => EmulatorSettings
  readonly #day: PortalDay
  readonly #windows = new Map<string, Windows>()
  /** One for the whole portal, whoever searches [D]. */
  #searches = new RollingWindow(SECOND_MS)
  #today = 0

  constructor(clock: Clock, settings: () => EmulatorSettings) {
    this.#clock = clock
    this.#settings = settings
    this.#day = new PortalDay(clock, () => settings().timeZone)
  }

  clear(): void {
    this.#windows.clear()
    this.#searches = new RollingWindow(SECOND_MS)
    this.#today = 0
  }

  /** Counts a call. Throws HubSpot's 429 for one that is too many, if limits are enforced; that one counts for the day only [I]. */
  take(caller: Caller, kind: CallKind): void {
    const settings = this.#settings()
    const now = this.#clock.now()
    if (this.#day.isNew()) this.#today = 0
    this.#today += 1
    const { calls, associations, seconds } = this.#of(caller)
    if (settings.enforceLimits) {
      if (this.#today > settings.callsPerDay) throw this.#refusal('DAILY', this.#day.msUntilMidnight())
      if (kind === 'search') {
        const wait = this.#searches.waitFor(now, settings.searchesPerSecond)
        if (wait > 0) throw this.#refusal('SECONDLY', wait)
      } else {
        // [I] Associations have a limit of their own [D]; that they count for the other one too is a guess.
        const ownWait = kind === 'association' ? associations.waitFor(now, settings.associationCallsPer10s) : 0
        const wait = Math.max(calls.waitFor(now, limitOf(settings, caller)), ownWait)
        if (wait > 0) throw this.#refusal('TEN_SECONDLY_ROLLING', wait)
      }
    }
    if (kind === 'search') return this.#searches.add(now)
    calls.add(now)
    seconds.add(now)
    if (kind === 'association') associations.add(now)
  }

  /** [D][R] Search answers carry the daily ones only, those to OAuth apps none of them. */
  headers(caller: Caller, kind: CallKind): Record<string, string> {
    const settings = this.#settings()
    const daily = {
      'x-hubspot-ratelimit-daily': String(settings.callsPerDay),
      'x-hubspot-ratelimit-daily-remaining': left(settings.callsPerDay, this.#today),
    }
    if (kind === 'search') return caller.isOAuthApp ? {} : daily
    const now = this.#clock.now()
    const { calls, seconds } = this.#of(caller)
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

  #of({ token }: Caller): Windows {
    const known = this.#windows.get(token)
    if (known !== undefined) return known
    if (this.#windows.size >= MOST_TOKENS) this.#windows.clear()
    const windows = {
      calls: new RollingWindow(WINDOW_MS),
      associations: new RollingWindow(WINDOW_MS),
      seconds: new RollingWindow(SECOND_MS),
    }
    this.#windows.set(token, windows)
    return windows
  }

  #refusal(policy: LimitPolicy, waitMs: number): Refusal {
    const retryAfter = this.#settings().sendRetryAfter ? { 'retry-after': String(Math.ceil(waitMs / 1000)) } : {}
    // [R] Only the rolling limit names the group of apps that it is for.
    return overLimit(policy, policy === 'TEN_SECONDLY_ROLLING' ? 'publicapi:private-apps:calls' : undefined, retryAfter)
  }
}

const limitOf = (settings: EmulatorSettings, caller: Caller): number =>
  caller.isOAuthApp ? settings.oauthCallsPer10s : settings.callsPer10s

const left = (most: number, used: number): string => String(Math.max(0, most - used))
