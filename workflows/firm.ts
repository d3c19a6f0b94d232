// Which firm a customer belongs to, by the product's own id of it, in whichever order the events arrive.

import type { EventMark } from './known-values.ts'
import { isLater } from './known-values.ts'

/** What one event said; kept in the order of the events' times. */
export interface FirmStatement extends EventMark {
  productCompanyId: string
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

/** Since which event the customer belongs to the firm of today; `null` when they have never belonged to another. */
export function movedSince(statements: FirmStatement[]): EventMark | null {
  const today = firmOf(statements)
  const last = statements.findLastIndex(({ productCompanyId }) => productCompanyId !== today)
  return last === -1 ? null : (statements[last + 1] ?? null)
}
