// A model of the guarantees. From a set of events, in any order, it derives the records that HubSpot must have. The model shares
// no code with onramp.

import type { Records } from 'hubspot-emulator/control'

export interface SentEvent {
  id: string
  type: 'customer.registered' | 'customer.updated' | 'customer.erased'
  timestamp: string
  data: {
    customerId: string
    email?: string
    firstName?: string
    phone?: string | null
    address?: { city: string | null }
    company?: { id?: string; name: string }
  }
}

export interface Expectation {
  customerId: string
  /** The phase in the onboarding's status. */
  phase: 'awaiting-registration' | 'onboarded' | 'erased'
  /** The values of the contact; `null` when there must be none. */
  contact: { email: string | null; firstname: string | null; phone: string | null; city: string | null } | null
  /** Key and name of the one company that the contact is associated with. */
  company: { key: string; name: string } | null
}

/** @param existingFirstName first name of the existing contact; `null` for a customer without one */
export function expectationOf(customerId: string, sent: SentEvent[], existingFirstName: string | null): Expectation {
  const events = sent.filter(({ data }) => data.customerId === customerId).sort(byEventTime)
  const registration = events.find(({ type }) => type === 'customer.registered')
  const isErased = events.some(({ type }) => type === 'customer.erased')
  if (!registration || isErased) {
    return { customerId, phase: isErased ? 'erased' : 'awaiting-registration', contact: null, company: null }
  }

  const newest = <T>(of: (data: SentEvent['data']) => T | undefined) => {
    const event = events.findLast(({ data }) => of(data) !== undefined)
    return event && { value: of(event.data) as T, by: event }
  }
  const firstName = newest(({ firstName: name }) => name)
  const company = newest((data) => data.company)?.value
  return {
    customerId,
    phase: 'onboarded',
    contact: {
      email: newest(({ email }) => email)?.value ?? null,
      // A registration only fills in empty values. An update also overwrites the values of HubSpot users.
      firstname:
        existingFirstName !== null && firstName?.by === registration ? existingFirstName : (firstName?.value ?? null),
      phone: newest(({ phone }) => phone)?.value ?? null,
      city: newest(({ address }) => address?.city)?.value ?? null,
    },
    company: company
      ? { key: company.id === undefined ? `customer:${customerId}` : `id:${company.id}`, name: company.name }
      : null,
  }
}

/** Returns one sentence for each customer whose records are not as expected. */
export function differences(expected: Expectation[], { contacts, companies, associations }: Records): string[] {
  return expected.flatMap(({ customerId, contact, company }) => {
    const own = contacts.filter((each) => !each.archived && each.properties['onramp_customer_id'] === customerId)
    if (contact === null) return own.length === 0 ? [] : [`${customerId} is in HubSpot`]
    const [found, ...others] = own
    if (!found || others.length > 0) return [`${customerId} has ${own.length} contacts`]

    const actual = Object.fromEntries(Object.keys(contact).map((name) => [name, found.properties[name] ?? null]))
    const ownAssociations = associations.filter(({ contactId }) => contactId === found.id)
    const ownCompanies = companies.filter(({ id }) => ownAssociations.some(({ companyId }) => companyId === id))
    const associated = ownCompanies
      .map(({ properties }) => `${properties['onramp_company_key']} ${properties['name']}`)
      .join()
    return [
      ...(JSON.stringify(actual) === JSON.stringify(contact)
        ? []
        : [`${customerId} is ${JSON.stringify(actual)}, not ${JSON.stringify(contact)}`]),
      ...(associated === `${company?.key} ${company?.name}`
        ? []
        : [`${customerId} is associated with ${associated}, not with ${company?.key}`]),
    ]
  })
}

function byEventTime(one: SentEvent, other: SentEvent): number {
  const byTime = Date.parse(one.timestamp) - Date.parse(other.timestamp)
  if (byTime !== 0) return byTime
  return one.id < other.id ? -1 : 1
}
