// Compares the final records in HubSpot with those that the demo expects.

import type { EmulatorControl } from 'hubspot-emulator/control'
import type { DemoCustomer } from './customers.ts'

/** All records of the portal, as the emulator returns them. */
export type Records = Awaited<ReturnType<EmulatorControl['records']>>
type Properties = Readonly<Record<string, string | null | undefined>>

/**
 * One sentence for each wrong record; empty when all are right.
 *
 * @param existing ids of the existing contacts, by customer id
 */
export function wrongIn(records: Records, customers: DemoCustomer[], existing: ReadonlyMap<string, string>): string[] {
  const organizations = new Set(customers.map(({ registration }) => registration.company.id))
  return [
    ...customers.flatMap((customer) => {
      const sentences = wrongWith(records, customer, existing.get(customer.customerId) ?? null)
      return sentences.map((sentence) => `${customer.customerId} ${sentence}.`)
    }),
    ...count(records.contacts.length, customers.length, 'contacts'),
    ...count(records.companies.length, organizations.size, 'companies'),
  ]
}

function wrongWith(records: Records, { registration, expected }: DemoCustomer, existingId: string | null): string[] {
  const [contact, ...more] = records.contacts.filter(({ properties }) => properties['email'] === registration.email)
  if (contact === undefined) return ['has no contact']

  const associations = records.associations.filter(({ contactId }) => contactId === contact.id)
  const company = records.companies.find(({ id }) => id === associations[0]?.companyId)
  return [
    ...(more.length > 0 ? [`has ${more.length + 1} contacts`] : []),
    ...(existingId !== null && contact.id !== existingId
      ? [`has contact ${contact.id}, not the existing ${existingId}`]
      : []),
    ...(associations.length !== 1 ? [`is associated with ${associations.length} companies`] : []),
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
