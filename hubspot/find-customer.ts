// Finds a customer whose earlier run completed, by our own properties on the records.

import type { FoundCustomer } from '../domain/crm.ts'
import type { HubSpot } from './client/client.ts'
import { organizationIdIn } from './company-key.ts'
import { COMPANY_KEY, CUSTOMER_ID, LAST_EVENT_AT } from './properties.ts'

/** The contact with the customer id, and the company of the contact that has a key of ours; the primary company comes first. */
export async function findCustomer(hubspot: HubSpot, customerId: string): Promise<FoundCustomer | null> {
  const contact = await hubspot.contacts.find(customerId, CUSTOMER_ID)
  if (!contact) return null

  const companies = await hubspot.associations.companiesOf(contact.id)
  const primaryFirst = companies.toSorted((one, other) => Number(other.isPrimary) - Number(one.isPrimary))
  let company = null
  for (const { companyId } of primaryFirst) {
    const candidate = await hubspot.companies.find(companyId)
    if (!candidate?.properties[COMPANY_KEY]) continue
    company = candidate
    break
  }
  return {
    contactId: contact.id,
    contactUrl: contact.url,
    companyId: company?.id ?? null,
    companyUrl: company?.url ?? null,
    organizationId: organizationIdIn(company?.properties[COMPANY_KEY] ?? ''),
    companyDomain: company?.properties['domain'] ?? null,
    companyName: company?.properties['name'] ?? null,
    lastEventAt: Number(contact.properties[LAST_EVENT_AT] ?? 0),
    correlationId: contact.correlationId,
  }
}
