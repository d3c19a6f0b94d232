// What HubSpot must hold after a set of events, whatever their order: the guarantees once more, in the fewest words, sharing nothing with the code that is held against them.

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
  /** Where the onboarding says that the customer is. */
  phase: 'awaiting-registration' | 'onboarded' | 'erased'
  /** Of the contact; `null` when there must be none. */
  contact: { email: string | null; firstname: string | null; phone: string | null; city: string | null } | null
  /** Key and name of the one company that the contact is associated with. */
  company: { key: string; name: string } | null
}

/** @param typedIn first name that people had typed in before; `null` for somebody new */
export function expectationOf(customerId: string, sent: SentEvent[], typedIn: string | null): Expectation {
  const events = sent.filter(({ data }) => data.customerId === customerId).sort(later)
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
      // The registration fills in; only an update overwrites what people typed.
      firstname: typedIn !== null && firstName?.by === registration ? typedIn : (firstName?.value ?? null),
      phone: newest(({ phone }) => phone)?.value ?? null,
      city: newest(({ address }) => address?.city)?.value ?? null,
    },
    company: company
      ? { key: company.id === undefined ? `customer:${customerId}` : `id:${company.id}`, name: company.name }
      : null,
  }
}

/** Each customer whose records are not as expected, in a sentence. */
export function differences(expected: Expectation[], { contacts, companies, associations }: Records): string[] {
  return expected.flatMap(({ customerId, contact, company }) => {
    const own = contacts.filter((each) => !each.archived && each.properties['onramp_customer_id'] === customerId)
    if (contact === null) return own.length === 0 ? [] : [`${customerId} is in HubSpot`]
    const [found, ...others] = own
    if (!found || others.length > 0) return [`${customerId} has ${own.length} contacts`]

    const is = Object.fromEntries(Object.keys(contact).map((name) => [name, found.properties[name] ?? null]))
    const theirs = associations.filter(({ contactId }) => contactId === found.id)
    const firms = companies.filter(({ id }) => theirs.some(({ companyId }) => companyId === id))
    const firm = firms.map(({ properties }) => `${properties['onramp_company_key']} ${properties['name']}`).join()
    return [
      ...(JSON.stringify(is) === JSON.stringify(contact)
        ? []
        : [`${customerId} is ${JSON.stringify(is)}, not ${JSON.stringify(contact)}`]),
      ...(firm === `${company?.key} ${company?.name}`
        ? []
        : [`${customerId} is with ${firm}, not with ${company?.key}`]),
    ]
  })
}

function later(one: SentEvent, other: SentEvent): number {
  const byTime = Date.parse(one.timestamp) - Date.parse(other.timestamp)
  if (byTime !== 0) return byTime
  return one.id < other.id ? -1 : 1
}
