// The tie between contact and company, and whether that company is the contact's primary one.

import type { ContactCompanyPair } from '../domain/crm.ts'
import type { HubSpot } from './hubspot/client.ts'

/** Whether the company of the registration becomes the contact's primary company. */
export type PrimaryPolicy = 'if-none' | 'always' | 'never'

/** Associates the two; repeating it changes nothing (G2). */
export async function associateContact(
  hubspot: HubSpot,
  pair: ContactCompanyPair,
  policy: PrimaryPolicy,
): Promise<{ correlationId: string | null }> {
  const correlationId = await hubspot.associations.create(pair)
  if (policy === 'never') return { correlationId }

  const companies = await hubspot.associations.companiesOf(pair.contactId)
  const primary = companies.find(({ isPrimary }) => isPrimary)?.companyId ?? null
  // HubSpot usually makes the first company the primary one by itself, so that this asks and does not write.
  if (primary === pair.companyId || (primary !== null && policy === 'if-none')) return { correlationId }
  return { correlationId: await hubspot.associations.makePrimary(pair) }
}
