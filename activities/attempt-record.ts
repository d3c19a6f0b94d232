// Each attempt of an activity leaves a record for the next one: its failures in a row, and whether the CRM may execute a write late.

import type { FailuresInARow } from './failures-in-a-row.ts'

/** Travels in the heartbeat details, of which Temporal keeps the last ones. Each heartbeat repeats it. */
export interface AttemptRecord {
  /** The last attempt that recorded its end; 0 for none. */
  attempt: number
  failures: FailuresInARow | null
  /** A write of this activity got no response. It stays true until the activity ends: the write may be executed at any time. */
  isUnanswered: boolean
}

/**
 * The record that an attempt starts with. When the attempt before has not recorded its end, its worker was killed, or Temporal
 * did not receive its result. Its write counts as unanswered.
 *
 * @param attempt the number of the attempt that starts, from 1
 */
export function recordBefore(attempt: number, heartbeatDetails: unknown): AttemptRecord {
  const known = isRecord(heartbeatDetails) ? heartbeatDetails : { attempt: 0, failures: null, isUnanswered: false }
  return { ...known, isUnanswered: known.isUnanswered || known.attempt !== attempt - 1 }
}

/** The record of an attempt that failed. */
export function recordAfter(
  attempt: number,
  before: AttemptRecord,
  { failures, isUnanswered }: Pick<AttemptRecord, 'failures' | 'isUnanswered'>,
): AttemptRecord {
  return { attempt, failures, isUnanswered: before.isUnanswered || isUnanswered }
}

function isRecord(details: unknown): details is AttemptRecord {
  return typeof details === 'object' && details !== null && 'failures' in details && 'isUnanswered' in details
}
