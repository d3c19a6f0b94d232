// Which firm a customer belongs to, by the product's own id of it, in whichever order the events arrive.

import type { EventMark } from './field-values.ts'
import { isLater } from './field-values.ts'

/** What one event said; kept in the order of the events' times. */
export interface FirmStatement extends EventMark {
  productCompanyId: string
}

/** Stands in a statement for a firm to which the product never gave an id, and which is another than those that have one. */
export const UNNAMED = ''

/** Between which two events the customer belonged to a firm: the first of them is of that time, the second one is not. */
export interface Belonging {
  since: EventMark | null
  until: EventMark | null
}

// Who moves more often than this between two events that arrive out of order is beyond what order can mend (G8).
const STATEMENTS = 8

/** The statements with one more. Of a run of the same firm only its first and last count. */
export function stated(statements: FirmStatement[], statement: FirmStatement): FirmStatement[] {
  const inOrder = [...statements, statement].sort((one, other) => (isLater(one, other) ? 1 : -1))
  return inOrder
    .filter(({ productCompanyId }, index) => {
      const isSame = (other: FirmStatement | undefined) => other?.productCompanyId === productCompanyId
      return !(isSame(inOrder[index - 1]) && isSame(inOrder[index + 1]))
    })
    .slice(-STATEMENTS)
}

/** The firm of today; `null` when no event named one. */
export function firmOf(statements: FirmStatement[]): string | null {
  return statements.at(-1)?.productCompanyId ?? null
}

/**
 * When the customer belonged to a firm, the last time they did; to one that no event has named, before any other.
 *
 * @param productCompanyId `null` for one that was told by something else
 */
export function belongingTo(statements: FirmStatement[], productCompanyId: string | null): Belonging {
  const last = statements.findLastIndex((statement) => statement.productCompanyId === productCompanyId)
  const other = statements.findLastIndex(
    (statement, index) => index < last && statement.productCompanyId !== productCompanyId,
  )
  return { since: other === -1 ? null : (statements[other + 1] ?? null), until: statements[last + 1] ?? null }
}

/** Whether an event, or what it brought, is of that time. */
export function isWithin(event: EventMark, { since, until }: Belonging): boolean {
  const isFrom = (mark: EventMark) => event.id === mark.id || isLater(event, mark)
  return (since === null || isFrom(since)) && (until === null || !isFrom(until))
}
