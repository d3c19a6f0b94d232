// The organizations that the customer belongs to, over time, in any order of events. Pure functions.

import type { Values } from '../../domain/fields.ts'
import { isLater } from './field-values.ts'
import type { EventVersion } from './field-values.ts'

/** The customer belongs to this organization since the event. */
export interface Membership extends EventVersion {
  /** The product's id of the organization, or `UNNAMED`. */
  organizationId: string
}

/** Stands for an organization without an id that differs from all organizations with an id. */
export const UNNAMED = ''

/** Identifies an organization without an id. The name counts only for a company that a look-up found. */
interface KnownOrganization {
  domain: string | null
  name: string | null
}

/** The time span of a membership: `since` is its first event, `until` the first event after it; `null`: no limit on that side. */
export interface Period {
  since: EventVersion | null
  until: EventVersion | null
}

// Only so many moves are kept (G8). If a customer moves more often before a late event arrives, their order cannot be restored.
const LIMIT = 8

/**
 * Adds a membership, in the order of event time. In a sequence of the same organization, the first and the last stay. Those whose
 * event has brought a current value stay as well: a late event may split the sequence before that value.
 *
 * @param valueEvents the ids of the events that brought the current values
 */
export function withMembership(
  memberships: Membership[],
  membership: Membership,
  valueEvents: readonly string[],
): Membership[] {
  const inOrder = [...memberships, membership].sort((one, other) => (isLater(one, other) ? 1 : -1))
  return inOrder
    .filter(({ organizationId, id }, index) => {
      const isSame = (other: Membership | undefined) => other?.organizationId === organizationId
      return !(isSame(inOrder[index - 1]) && isSame(inOrder[index + 1])) || valueEvents.includes(id)
    })
    .slice(-LIMIT)
}

/** The current organization, `UNNAMED` included; `null` when no event has named one. */
export function currentOrganization(memberships: Membership[]): string | null {
  return memberships.at(-1)?.organizationId ?? null
}

/**
 * The last period in which the customer belonged to an organization. An organization that no event has named comes first.
 *
 * @param organizationId `null` for an organization that was identified without an id
 */
export function periodIn(memberships: Membership[], organizationId: string | null): Period {
  const last = memberships.findLastIndex((membership) => membership.organizationId === organizationId)
  const other = memberships.findLastIndex(
    (membership, index) => index < last && membership.organizationId !== organizationId,
  )
  return { since: other === -1 ? null : (memberships[other + 1] ?? null), until: memberships[last + 1] ?? null }
}

/** Whether an event, or a value that it brought, falls into a period. */
export function isWithin(event: EventVersion, { since, until }: Period): boolean {
  const isFrom = (start: EventVersion) => event.id === start.id || isLater(event, start)
  return (since === null || isFrom(since)) && (until === null || !isFrom(until))
}

/**
 * True when the values of the first event with an id show another organization than that of a company without an id. The domains
 * decide. If the event has no domain, the names decide, but only for a company that a look-up found.
 */
export function isOtherOrganization({ domain, name }: KnownOrganization, values: Values): boolean {
  const isOther = (known: string | null, given: string | null | undefined) => Boolean(known && given && known !== given)
  return values['company.domain'] ? isOther(domain, values['company.domain']) : isOther(name, values['company.name'])
}
