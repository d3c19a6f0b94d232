// Compares what HubSpot ended with to what the demo expects.

import type { EmulatorControl } from 'hubspot-emulator/control'
import type { DemoCustomer } from './customers.ts'

/** Everything in the portal, as the emulator shows it. */
export type Records = Awaited<ReturnType<EmulatorControl['records']>>
type Properties = Readonly<Record<string, string | null | undefined>>

/** All that is wrong in the portal, in sentences; none when every record is right. `typedIn`: the contacts that were there before. */
export function wrongIn(records: Records, customers: DemoCustomer[], typedIn: ReadonlyMap<string, string>): string[] {
  const firms = new Set(customers.map(({ registration }) => registration.company.id))
  return [
    ...customers.flatMap((customer) => {
      const sentences = wrongWith(records, customer, typedIn.get(customer.customerId) ?? null)
      return sentences.map((sentence) => `${customer.customerId} ${sentence}.`)
    }),
    ...count(records.contacts.length, customers.length, 'contacts'),
    ...count(records.companies.length, firms.size, 'companies'),
  ]
}

function wrongWith(records: Records, { registration, expected }: DemoCustomer, typedInId: string | null): string[] {
  const [contact, ...more] = records.contacts.filter(({ properties }) => properties['email'] === registration.email)
  if (contact === undefined) return ['has no contact']

  const ties = records.associations.filter(({ contactId }) => contactId === contact.id)
  const company = records.companies.find(({ id }) => id === ties[0]?.companyId)
  return [
    ...(more.length > 0 ? [`has ${more.length + 1} contacts`] : []),
    ...(typedInId !== null && contact.id !== typedInId
      ? [`has contact ${contact.id}, not the existing ${typedInId}`]
      : []),
    ...(ties.length !== 1 ? [`belongs to ${ties.length} companies`] : []),
    ...differences('contact', contact.properties, expected.contact),
    ...(company ? differences('company', company.properties, expected.company) : []),
  ]
}

function differences(what: string, actual: Properties, expected: Record<string, string>): string[] {
  return Object.entries(expected)
    .filter(([name, value]) => actual[name] !== value)
    .map(([name, value]) => `has a ${what} with ${name} "${actual[name] ?? ''}" instead of "${value}"`)
}

function count(actual: number, expected: number, what: string): string[] {
  return actual === expected ? [] : [`There are ${actual} ${what} instead of ${expected}.`]
}
