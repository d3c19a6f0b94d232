// The rules for single records: that each is there once, which values it may have, and what its status may say.

import { companiesOf, contactsOf, statusOf } from './ending.ts'
import type { Ending } from './ending.ts'
import { eventsOf, isErased, lastChange, lossOf, valuesOfUsers } from './happened.ts'
import type { StoryCustomer, StoryEvent, StoryField } from './happened.ts'

const PHONE = 'company.phone'

/**
 * One contact with the newest values, for as long as HubSpot users neither delete the contact nor merge it into another one. A
 * field that they changed after the product did has their value or the product's.
 */
export function wrongContact(ending: Ending, { customerId }: StoryCustomer): string[] {
  const { happened } = ending
  const found = contactsOf(ending, customerId)
  const isRegistered = eventsOf(happened, customerId).some(({ type }) => type === 'registered')
  if (!isRegistered || isErased(happened, customerId)) {
    return found.length === 0 ? [] : [`${customerId} is in HubSpot, but erased or not registered`]
  }
  const isLost = lossOf(happened, customerId) > 0
  const [contact, ...others] = found
  if (others.length > 0 || (!contact && !isLost)) return [`${customerId} has ${found.length} contacts`]

  const parked = statusOf(ending, customerId)?.parked ?? []
  const mayBeParked = isLost || happened.some((each) => each.what === 'deleted')
  return [
    ...(parked.length > 0 && !mayBeParked ? [`${customerId} is parked: ${JSON.stringify(parked)}`] : []),
    ...(['phone', 'city'] as const).flatMap((field) => {
      const allowed = allowedOnContact(ending, customerId, field)
      const value = contact?.properties[field] || null
      if (!contact || allowed === null || allowed.includes(value)) return []
      return [`${field} of ${customerId} is ${value}, not ${[...new Set(allowed)].join(' or ')}`]
    }),
  ]
}

/**
 * One company with the newest value by event time. The value of a customer who is erased, or whose contact HubSpot users deleted
 * or merged into another one, may be missing.
 */
export function wrongCompany(ending: Ending, organizationId: string): string[] {
  const { happened } = ending
  const events = membersOf(ending, organizationId).flatMap((customerId) => eventsOf(happened, customerId))
  const mayBeMissing = ({ customerId }: StoryEvent) =>
    isErased(happened, customerId) || lossOf(happened, customerId) > 0 || lossOf(happened, organizationId) > 0

  const found = companiesOf(ending, organizationId)
  const [company, ...others] = found
  const isNeeded = events.some((event) => event.type === 'registered' && !mayBeMissing(event))
  if (others.length > 0 || (!company && isNeeded)) return [`${organizationId} has ${found.length} companies`]
  if (!company) return []

  const changes = events.filter(({ values }) => values[PHONE] !== undefined).sort((one, other) => one.at - other.at)
  const certain = changes.findLast((event) => !mayBeMissing(event))
  const allowed = [
    ...changes.filter(({ at }) => at >= (certain?.at ?? 0)).map(({ values }) => values[PHONE]),
    ...(certain ? [] : [null]),
    ...valuesOfUsers(happened, { owner: organizationId, field: PHONE, sinceRound: certain?.round ?? 0 }),
  ]
  const value = company.properties['phone'] || null
  return allowed.includes(value)
    ? []
    : [`phone of ${organizationId} is ${value}, not ${[...new Set(allowed)].join(' or ')}`]
}

/** A status says `written` only for a value that HubSpot has, or had until HubSpot users or another customer changed it. */
export function wrongStatus(ending: Ending, customer: StoryCustomer): string[] {
  const { happened } = ending
  const { customerId, organizationId } = customer
  const fields = statusOf(ending, customerId)?.fields ?? {}
  if (isErased(happened, customerId)) return []
  const sentence = (name: string, value: string | null) =>
    `the status of ${customerId} says that ${name} is written, but HubSpot has ${value}`

  const contact = contactsOf(ending, customerId)[0]
  const onContact = (['phone', 'city'] as const).flatMap((field) => {
    const name = field === 'phone' ? 'phone' : 'address.city'
    const allowed = allowedOnContact(ending, customerId, field)
    if (fields[name]?.state !== 'written' || allowed === null) return []
    const value = contact?.properties[field] || null
    // After a loss, `null` is among the allowed values.
    return allowed.includes(value) ? [] : [sentence(name, value)]
  })

  const change = lastChange(happened, customerId, PHONE)
  if (!change || fields[PHONE]?.state !== 'written') return onContact
  const events = membersOf(ending, organizationId).flatMap((id) => eventsOf(happened, id))
  const allowed = [
    ...events.filter(({ at }) => at >= change.at).map(({ values }) => values[PHONE]),
    ...valuesOfUsers(happened, { owner: organizationId, field: PHONE, sinceRound: change.round }),
  ]
  const value = companiesOf(ending, organizationId)[0]?.properties['phone'] || null
  // A customer whose company was deleted, and created again by another customer, has not noticed it.
  const isRight = allowed.includes(value) || lossOf(happened, organizationId) >= change.round
  return isRight ? onContact : [...onContact, sentence(PHONE, value)]
}

/** `null`: any value, since no event brought one. */
function allowedOnContact(
  { happened }: Ending,
  customerId: string,
  field: Exclude<StoryField, 'company.phone'>,
): (string | null)[] | null {
  const change = lastChange(happened, customerId, field)
  const users = { owner: customerId, field, sinceRound: change?.round ?? 0 }
  return change && [change.value, ...valuesOfUsers(happened, users)]
}

function membersOf({ customers }: Ending, organizationId: string): string[] {
  return customers.filter((each) => each.organizationId === organizationId).map(({ customerId }) => customerId)
}
