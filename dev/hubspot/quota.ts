// HubSpot's limits: a rolling ten seconds per token, searches per second and calls per day; counted always, enforced when asked.

import type { Emulator } from './emulator.ts'
import { overLimit } from './refusal-by-status.ts'
import type { Refusal } from './refusal.ts'

const WINDOW_MS = 10_000
const SECOND_MS = 1000
const DAY_MS = 24 * 60 * 60 * 1000

export class Quota {
  readonly #emulator: Emulator
  readonly #calls = new Map<string, number[]>()
  #searches: number[] = []
  #day = 0
  #today = 0

  constructor(emulator: Emulator) {
    this.#emulator = emulator
  }

  clear(): void {
    this.#calls.clear()
    this.#searches = []
    this.#today = 0
  }

  /** Counts a call; the refusal of one that is too many, if limits are enforced. A refused call counts for the day only [I]. */
  take(token: string, isSearch: boolean): Refusal | null {
    const { clock, settings } = this.#emulator
    const now = clock.now()
    // [I] The day of the portal's time zone, which is UTC here.
    if (Math.floor(now / DAY_MS) !== this.#day) {
      this.#day = Math.floor(now / DAY_MS)
      this.#today = 0
    }
    this.#today += 1
    const calls = within(this.#calls.get(token) ?? [], now - WINDOW_MS)
    this.#searches = within(this.#searches, now - SECOND_MS)
    this.#calls.set(token, calls)

    if (settings.enforceLimits) {
      if (this.#today > settings.callsPerDay) return overLimit('DAILY')
      if (isSearch && this.#searches.length >= settings.searchesPerSecond) return overLimit('SECONDLY')
      if (calls.length >= settings.callsPer10s) return overLimit('TEN_SECONDLY_ROLLING', 'publicapi:private-apps')
    }
    calls.push(now)
    if (isSearch) this.#searches.push(now)
    return null
  }

  /** [D][R] Search answers carry the daily ones only. */
  headers(token: string, isSearch: boolean): Record<string, string> {
    const { settings } = this.#emulator
    const daily = {
      'x-hubspot-ratelimit-daily': String(settings.callsPerDay),
      'x-hubspot-ratelimit-daily-remaining': String(Math.max(0, settings.callsPerDay - this.#today)),
    }
    if (isSearch) return daily
    const used = this.#calls.get(token)?.length ?? 0
    const perSecond = Math.floor(settings.callsPer10s / 10)
    return {
      ...daily,
      'x-hubspot-ratelimit-interval-milliseconds': String(WINDOW_MS),
      'x-hubspot-ratelimit-max': String(settings.callsPer10s),
      'x-hubspot-ratelimit-remaining': String(Math.max(0, settings.callsPer10s - used)),
      'x-hubspot-ratelimit-secondly': String(perSecond),
      'x-hubspot-ratelimit-secondly-remaining': String(Math.max(0, perSecond - 1)),
    }
  }
}

function within(times: number[], since: number): number[] {
  const first = times.findIndex((time) => time > since)
  return first === -1 ? [] : times.slice(first)
}
