// When a record is read back: a write got no response, so the CRM may execute it late, over newer values. Pure functions.

import type { Field } from '../../domain/fields.ts'

/** The read-backs of a record that are still to be made, at most two. Times are in milliseconds since the epoch. */
export interface ReadBack {
  /** The fields that were sent without a response. */
  fields: Field[]
  dueAt: number
  /**
   * `first`: until it is made, the fields count as pending. `second`: they count as written, and are read again. `only`: so do
   * they after a quick change, where a late write is unlikely.
   */
  which: 'first' | 'second' | 'only'
}

// The CRM has executed a write 16 s after it was sent, and its gateways give up after about 100 s. A minute catches most of these
// writes while the customer is still of interest; the second look, five minutes after the write, catches the rest.
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
 * One of these fields gets a second value soon after a local activity has sent the first. A local activity has no heartbeats, so that nobody sees the end of
 * an attempt whose worker was killed: the CRM may execute its write over the second value. One read-back is enough.
 */
export function afterQuickChange(before: ReadBack | null, fields: readonly Field[], now: number): ReadBack {
  const all = [...new Set([...(before?.fields ?? []), ...fields])]
  const isUnanswered = before !== null && before.which !== 'only'
  return isUnanswered ? { ...before, fields: all } : { fields: all, dueAt: now + LATE_WRITE_MS, which: 'only' }
}

/** The fields of `sentAt` that were sent so lately that a write of an earlier attempt may still be executed. */
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
