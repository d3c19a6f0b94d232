// The rules that hold in HubSpot when a story is over, in any order of its actions. They share no code with onramp.

import type { RecordView } from 'hubspot-emulator/control'
import { active, companiesOf, contactsOf, customerOn, isAssociated, organizationOn, statusOf } from './ending.ts'
import type { Ending } from './ending.ts'
import { isErased, lastRound, lossOf, survivorOf } from './happened.ts'
import type { StoryCustomer } from './happened.ts'
import { wrongCompany, wrongContact, wrongStatus } from './values.ts'

/** Returns one sentence for each rule that does not hold. */
export function brokenRules(ending: Ending): string[] {
  const { customers } = ending
  const organizations = new Set(customers.map(({ organizationId }) => organizationId))
  return [
    ...foreignValues(ending),
    ...lostAssociations(ending),
    ...customers.flatMap((customer) => [
      ...wrongContact(ending, customer),
      ...wrongAssociations(ending, customer),
      ...wrongStatus(ending, customer),
    ]),
    ...[...organizations].flatMap((organizationId) => wrongCompany(ending, organizationId)),
  ]
}

/** A value names its owner. It is on a record of another owner only where HubSpot users brought it by a merge. */
function foreignValues(ending: Ending): string[] {
  const { customers, happened, records } = ending
  const owners = customers.flatMap(({ customerId, organizationId }) => [customerId, organizationId])
  const foreignOn = ({ id, properties }: RecordView, owner: string) =>
    Object.entries(properties).flatMap(([property, value]) => {
      const [named = '', tick] = value.split('#')
      if (tick === undefined || !owners.includes(named)) return []
      const isRight = named === owner && !isErased(happened, named)
      const isBrought = happened.some((each) => each.what === 'merged' && each.properties[property] === value)
      return isRight || isBrought ? [] : [`${property} of record ${id} of ${owner || 'nobody'} is ${value}`]
    })
  return [
    ...active(records.contacts).flatMap((contact) => foreignOn(contact, customerOn(contact))),
    ...active(records.companies).flatMap((company) => foreignOn(company, organizationOn(ending, company))),
  ]
}

/** An association that HubSpot users made stays as long as its two records. */
function lostAssociations(ending: Ending): string[] {
  const { happened, records } = ending
  return happened.flatMap((each) => {
    if (each.what !== 'associated') return []
    const contactId = survivorOf(happened, each.contactId)
    const ends = [
      active(records.contacts).some(({ id }) => id === contactId),
      active(records.companies).some(({ id }) => id === each.companyId),
    ]
    if (ends.includes(false) || isAssociated(ending, contactId, each.companyId)) return []
    return [`contact ${contactId} is no longer associated with company ${each.companyId}, as HubSpot users wanted`]
  })
}

/**
 * The contact is associated with its organization's company, and else only where HubSpot users did that. onramp notices a company
 * that was deleted when it next changes the company.
 */
function wrongAssociations(ending: Ending, { customerId, organizationId }: StoryCustomer): string[] {
  const { happened, records } = ending
  const contact = contactsOf(ending, customerId)[0]
  const company = companiesOf(ending, organizationId)[0]
  const status = statusOf(ending, customerId)
  if (!contact || !company || status?.phase !== 'onboarded' || status.parked.length > 0) return []

  const deletedIn = lossOf(happened, organizationId)
  const changedIn = lastRound(
    happened,
    (each) => each.what === 'event' && each.customerId === customerId && each.values['company.phone'] !== undefined,
  )
  const isNeeded = deletedIn === 0 || changedIn > deletedIn
  const isOfUsers = (companyId: string) =>
    happened.some((each) => {
      if (each.what === 'merged') return each.owner === customerId
      if (each.what !== 'associated' || each.companyId !== companyId) return false
      return survivorOf(happened, each.contactId) === contact.id
    })
  const others = records.associations
    .filter(({ contactId, companyId }) => contactId === contact.id && companyId !== company.id && !isOfUsers(companyId))
    .map(({ companyId }) => companyId)
  return [
    ...(isNeeded && !isAssociated(ending, contact.id, company.id)
      ? [`${customerId} is not associated with company ${company.id} of ${organizationId}`]
      : []),
    ...(others.length > 0 ? [`${customerId} is also associated with company ${others.join()}`] : []),
  ]
}
