// Times in the Temporal UI's texts, in UTC and in English, on every machine: a workflow has the same text when it replays.

const MONTHS = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
]
const DAY_MS = 24 * 60 * 60 * 1000

/**
 * Such as `26 December 2026`, or `09:15:00 UTC` when that is less than a day away. Both times are in milliseconds since the
 * epoch.
 */
export function timeText(at: number, now: number): string {
  const time = new Date(at)
  if (at - now < DAY_MS) return `${time.toISOString().slice(11, 19)} UTC`
  return `${time.getUTCDate()} ${MONTHS[time.getUTCMonth()]} ${time.getUTCFullYear()}`
}
