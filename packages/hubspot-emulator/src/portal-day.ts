// The day of the daily limit. It ends at midnight in the portal's time zone [D].

import type { Clock } from './clock.ts'

const MINUTE_MS = 60_000
// A day lasts up to 25 hours when daylight saving time ends.
const MAX_DAY_MINUTES = 26 * 60

export class PortalDay {
  readonly #clock: Clock
  readonly #timeZone: () => string
  /** The minute for which the day was computed last. Computing the day for each call would take longer than the call itself. */
  #minute = -1
  #zone = ''
  #today = ''

  constructor(clock: Clock, timeZone: () => string) {
    this.#clock = clock
    this.#timeZone = timeZone
  }

  /** True when a new day has begun since the last call of this method. */
  isNew(): boolean {
    const minute = Math.floor(this.#clock.now() / MINUTE_MS)
    const zone = this.#timeZone()
    if (minute === this.#minute && zone === this.#zone) return false
    this.#minute = minute
    this.#zone = zone
    const before = this.#today
    this.#today = dayOf(minute, zone)
    return this.#today !== before
  }

  msUntilMidnight(): number {
    const now = this.#clock.now()
    const minute = Math.floor(now / MINUTE_MS)
    const zone = this.#timeZone()
    const today = dayOf(minute, zone)
    let low = 0
    let high = MAX_DAY_MINUTES
    while (low < high) {
      const middle = (low + high) >>> 1
      if (dayOf(minute + middle, zone) === today) low = middle + 1
      else high = middle
    }
    return (minute + low) * MINUTE_MS - now
  }
}

const dayOf = (minute: number, timeZone: string): string =>
  new Intl.DateTimeFormat('en-CA', { timeZone }).format(minute * MINUTE_MS)

/** The zone's offset from UTC at a moment, in milliseconds and as text, such as `+01:00`. */
export function offsetOf(timeZone: string, at: number): { text: string; ms: number } {
  const parts = new Intl.DateTimeFormat('en-US', { timeZone, timeZoneName: 'longOffset' }).formatToParts(at)
  const name = parts.find(({ type }) => type === 'timeZoneName')?.value ?? 'GMT'
  const [, sign = '+', hours = '00', minutes = '00'] = /GMT([+-])(\d\d):(\d\d)/.exec(name) ?? []
  const ms = (Number(hours) * 60 + Number(minutes)) * MINUTE_MS * (sign === '-' ? -1 : 1)
  return { text: `${sign}${hours}:${minutes}`, ms }
}
