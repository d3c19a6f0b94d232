// A kind of call that HubSpot accepts as many rows in one request: how one row is sent alone, and how rows are sent together.

import type { HubSpotError } from './hubspot-error.ts'
import type { CallKind } from './call-kind.ts'

export interface BatchKind<Row, Answer> {
  kind: CallKind
  /** HubSpot's limit for one request. */
  maxRows: number
  /** Rows of different groups cannot share a request, such as reads by different properties. */
  groupOf(row: Row): string
  /**
   * The records that the row concerns, by every key that it has for them, such as its e-mail address and its customer id. Two rows
   * with a key in common never share a request: HubSpot promises no order, and rejects repeated ids and addresses. Empty for
   * reads: any number of rows may ask for the same record, and the request then names it once.
   */
  recordsOf(row: Row): string[]
  /** @throws HubSpotError for a response that is no success */
  sendOne(row: Row): Promise<Answer>
  /**
   * Sends the rows as one request. Returns the outcome of each row, in the order of the rows.
   *
   * @throws HubSpotError when the request failed as a whole
   */
  sendMany(rows: readonly Row[]): Promise<RowOutcome<Answer>[]>
}

/**
 * `answered` and `failed` are what `sendOne` would have returned and thrown. `unknown`: the response says nothing about the row.
 * A read is then asked once alone; a write counts as one without a response. `undecided`: the response to a read had no space for
 * the row, which is asked again together with the others like it.
 */
export type RowOutcome<Answer> =
  | { outcome: 'answered'; answer: Answer }
  | { outcome: 'failed'; error: HubSpotError }
  | { outcome: 'unknown' }
  | { outcome: 'undecided' }

/** How the running activity wants its calls scheduled. */
export interface CallContext {
  /** `live`: a customer's own event is due. `bulk`: the work of a command for many customers, which goes after live calls. */
  priority: 'live' | 'bulk'
  /** The longest time that a call waits for quota, in milliseconds; then it leaves the queue unsent. `null`: without limit. */
  maxWaitMs: number | null
  /** Asked before each call is sent. When it answers no, the call leaves the queue unsent. Absent: yes. */
  maySend?: (verb: 'read' | 'write') => boolean
  /** Called when a request with a call goes out. The returned function is called when the request has ended. */
  onSend?: (verb: 'read' | 'write') => () => void
  /** Called when a batch with a write got no response, after which the write is sent again. HubSpot may execute the first one late. */
  onUnanswered?: () => void
}
