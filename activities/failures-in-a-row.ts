// Counts the failures of a step in a row, and decides when they count as a rejection.

import type { RetryLimit } from '../domain/failures.ts'

/** Failures of one type in a row. A failure of another type, such as an outage, starts a new series. All times are epoch milliseconds. */
export interface FailuresInARow {
  type: string
  count: number
  /** When the first of them happened. */
  since: number
  /** Since when the step succeeds for other customers while it fails for this one; `null` while it succeeds for nobody. */
  aloneSince: number | null
  /** When the step last succeeded for another customer since the first failure, as far as the workers of the attempts know. */
  othersSucceededAt: number | null
}

// At night few customers may come, so half a day without a success of another customer is no outage. The time is below one day, so it
// hides no outage: after an outage, the time in which the step fails alone starts again.
const OUTAGE_MS = 12 * 60 * 60 * 1000

/** @param othersSucceededAt when the step last succeeded for another customer on this worker; `null` for never */
export function withOneMore(
  before: FailuresInARow | null,
  { type, at, othersSucceededAt }: { type: string; at: number; othersSucceededAt: number | null },
): FailuresInARow {
  const series =
    before?.type === type ? before : { type, count: 0, since: at, aloneSince: null, othersSucceededAt: null }
  const meanwhile = othersSucceededAt !== null && othersSucceededAt > series.since ? othersSucceededAt : -Infinity
  const newest = Math.max(meanwhile, series.othersSucceededAt ?? -Infinity)
  return {
    ...series,
    count: series.count + 1,
    aloneSince: at - newest < OUTAGE_MS ? (series.aloneSince ?? at) : null,
    othersSucceededAt: newest === -Infinity ? null : newest,
  }
}

/** Whether the failures count as a rejection now. */
export function isOverLimit(limit: RetryLimit, { count, since, aloneSince }: FailuresInARow, at: number): boolean {
  const { afterAttempts = Infinity, afterMs = Infinity, aloneMs = Infinity } = limit
  return count >= afterAttempts || at - since >= afterMs || (aloneSince !== null && at - aloneSince >= aloneMs)
}
