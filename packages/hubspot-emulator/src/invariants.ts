// Checks the portal after any faults: one record per unique value, and no contact without a company.

import type { ObjectType } from './portal/object-types.ts'
import type { Portal } from './portal/portal.ts'
import { addressesIn } from './portal/values.ts'

/** Value → ids of the records that have it. A value is listed only when more than one record has it. */
type Shared = Record<string, string[]>

export interface Invariants {
  /** Property → values that several records have. The inner objects are empty when all is well. */
  companiesPerKey: Record<string, Shared>
  contactsPerKey: Record<string, Shared>
  contactsPerEmail: Shared
  /** HubSpot's API allows several companies with one domain, but users seldom intend this. */
  companiesPerDomain: Shared
  contactsWithoutCompany: string[]
  /** Contacts with more than one primary company. */
  severalPrimaryCompanies: string[]
  counts: { contacts: number; companies: number; associations: number }
}

export function invariantsOf(portal: Portal): Invariants {
  const contacts = active(portal, 'contacts')
  const companies = active(portal, 'companies')
  const companiesOf = (id: string) =>
    portal.associations.associatedWith(id).filter((other) => portal.records.active('companies', other) !== undefined)
  const isPrimary = (contactId: string, companyId: string) =>
    portal.associations
      .typesBetween(contactId, companyId)
      .some((typeId) => portal.associations.definition(typeId)?.label === 'Primary')
  return {
    companiesPerKey: perUniqueProperty(portal, 'companies'),
    contactsPerKey: perUniqueProperty(portal, 'contacts'),
    contactsPerEmail: shared(
      contacts.flatMap(({ id, values }) =>
        addressesIn(`${values.get('email') ?? ''};${values.get('hs_additional_emails') ?? ''}`).map((value) => ({
          id,
          value,
        })),
      ),
    ),
    companiesPerDomain: shared(companies.map(({ id, values }) => ({ id, value: values.get('domain') ?? '' }))),
    contactsWithoutCompany: contacts.filter(({ id }) => companiesOf(id).length === 0).map(({ id }) => id),
    severalPrimaryCompanies: contacts
      .filter(({ id }) => companiesOf(id).filter((companyId) => isPrimary(id, companyId)).length > 1)
      .map(({ id }) => id),
    counts: {
      contacts: contacts.length,
      companies: companies.length,
      associations: contacts.reduce((sum, { id }) => sum + companiesOf(id).length, 0),
    },
  }
}

/** Reads the records instead of the key index, since this check must find errors of the index. */
function perUniqueProperty(portal: Portal, type: ObjectType): Record<string, Shared> {
  const { uniqueValuesIgnoreCase } = portal.settings()
  const compared = (value: string) => (uniqueValuesIgnoreCase ? value.toLowerCase() : value)
  return Object.fromEntries(
    portal.registry
      .uniqueProperties(type)
      .map((name) => [
        name,
        shared(active(portal, type).map(({ id, values }) => ({ id, value: compared(values.get(name) ?? '') }))),
      ]),
  )
}

const active = (portal: Portal, type: ObjectType) =>
  [...portal.records.all(type)].filter((record) => record.archivedAt === null)

function shared(owners: readonly { id: string; value: string }[]): Shared {
  const ids = new Map<string, string[]>()
  for (const { id, value } of owners) if (value !== '') ids.set(value, [...(ids.get(value) ?? []), id])
  return Object.fromEntries([...ids].filter(([, owning]) => owning.length > 1))
}
