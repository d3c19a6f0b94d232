// When a record is read back: a write got no response, so the CRM may execute it late, over newer values. Pure functions.

import type { Field } from '../../domain/fields.ts'

/** The read-backs of a record that are still to be made, at most two. Times are in milliseconds since the epoch. */
export interface ReadBack {
  /** The fields that were sent without a response. */
  fields: Field[]
  dueAt: number
  /**
   * `first`: the fields count as pending until it is made. `second`: the fields count as written, and are read again. `only`: the
   * one read-back after a quick change, where a late write is unlikely. The fields count as written.
   */
  which: 'first' | 'second' | 'only'
}

// The CRM has executed a write 16 s after it was sent, and its gateways give up after about 100 s. A minute catches most of these
// writes soon; the second read-back, five minutes after the write, catches the rest.
const FIRST_AFTER_MS = 60 * 1000
const SECOND_AFTER_FIRST_MS = 4 * 60 * 1000

/** How long the CRM may take to execute a write whose attempt has died, in milliseconds. Its gateways give up after about 100 s. */
const LATE_WRITE_MS = 90 * 1000

/** When a local activity sent each field, or may have sent it, in milliseconds since the epoch. */
export type SentAt = { [field in Field]?: number }

/** Another write of these fields got no response: both read-backs start over, for the fields of the earlier writes as well. */
export function afterUnanswered(before: ReadBack | null, fields: readonly Field[], now: number): ReadBack {
  return { fields: [...new Set([...(before?.fields ?? []), ...fields])], dueAt: now + FIRST_AFTER_MS, which: 'first' }
}

/**
 * One of these fields gets a second value soon after a local activity has sent the first. A local activity has no heartbeats, so
 * nobody sees when its worker was killed during an attempt. The CRM may then execute the first write over the second value. One
 * read-back is enough.
 */
export function afterQuickChange(before: ReadBack | null, fields: readonly Field[], now: number): ReadBack {
  const all = [...new Set([...(before?.fields ?? []), ...fields])]
  const isUnanswered = before !== null && before.which !== 'only'
  return isUnanswered ? { ...before, fields: all } : { fields: all, dueAt: now + LATE_WRITE_MS, which: 'only' }
}

/** The fields of `sentAt` for which the CRM may still execute the write of an earlier attempt, since they were sent recently. */
export function recentOnly(sentAt: SentAt, now: number): SentAt {
  return Object.fromEntries(Object.entries(sentAt).filter(([, at]) => now - at < LATE_WRITE_MS))
}

/** The next read-back; `null` after the second one. There are exactly two, even when the CRM stores a value in another form. */
export function afterReadBack({ fields, which }: ReadBack, now: number): ReadBack | null {
  return which === 'first' ? { fields, dueAt: now + SECOND_AFTER_FIRST_MS, which: 'second' } : null
}

/** Whether a field was sent, but the CRM may still execute an earlier write of it. */
export function isUnconfirmed(readBack: ReadBack | null, field: Field): boolean {
  return readBack !== null && readBack.which === 'first' && readBack.fields.includes(field)
}
