// When the portal's day ends.

const DAY_MS = 24 * 60 * 60_000
const HALF_DAY_MS = DAY_MS / 2

/**
 * Milliseconds until the next midnight in a time zone; `null` for a time zone that this machine does not know.
 *
 * @param now milliseconds since the epoch
 */
export function msUntilMidnight(timeZone: string, now: number): number | null {
  try {
    const untilMs = DAY_MS - sinceMidnightMs(timeZone, now)
    // On a day on which the clocks change, the guess is an hour late or early.
    const errorMs = sinceMidnightMs(timeZone, now + untilMs)
    return untilMs - (errorMs > HALF_DAY_MS ? errorMs - DAY_MS : errorMs)
  } catch {
    return null
  }
}

function sinceMidnightMs(timeZone: string, at: number): number {
  const time = new Intl.DateTimeFormat('en-GB', { timeZone, timeStyle: 'medium' }).format(at)
  const [hours = 0, minutes = 0, seconds = 0] = time.split(':').map(Number)
  return ((hours * 60 + minutes) * 60 + seconds) * 1000 + (at % 1000)
}
