// The association of contact and company, and which company is the contact's primary one.

import type { AssociationOutcome, ContactCompanyPair, ContactMove, CrmResponse } from '../domain/crm.ts'
import type { HubSpot } from './client/client.ts'
import { isMissing } from './client/errors.ts'
import { HubSpotError } from './client/hubspot-error.ts'
import { LAST_EVENT_AT } from './properties.ts'
import { waitForReplication } from './replication.ts'

/** Whether the company of the registration becomes the contact's primary company. */
export type PrimaryPolicy = 'if-none' | 'always' | 'never'

/** Whether the association with the former company is removed when a customer moves. */
export type MovePolicy = 'replace' | 'keep'

/** Makes the new company the primary one of the contact. Removes the former associations if the policy says so. */
export async function moveContact(
  hubspot: HubSpot,
  { contactId, companyId, fromCompanyIds, lastEventAt }: ContactMove,
  policy: MovePolicy,
): Promise<AssociationOutcome> {
  const pair = { contactId, companyId }
  return await orMissing(hubspot, pair, async () => {
    await hubspot.associations.create(pair)
    const correlationId = await hubspot.associations.makePrimary(pair)
    // The watermark keeps a late event from moving the customer back (G4).
    await hubspot.contacts.update(contactId, { [LAST_EVENT_AT]: String(lastEventAt) })
    const from = fromCompanyIds.join(', ')
    if (policy === 'keep') return { correlationId, note: `moved; still associated with company ${from}` }
    // HubSpot users may have merged a former company into another one, even into the new one.
    const current = await hubspot.companies.find(companyId)
    for (const fromCompanyId of fromCompanyIds) {
      const former = await hubspot.companies.find(fromCompanyId)
      if (former && former.id !== current?.id) await hubspot.associations.remove({ contactId, companyId: former.id })
    }
    return { correlationId, note: `moved from company ${from}` }
  })
}

/**
 * Associates the two; repeating it changes nothing (G2). In some portals, HubSpot itself also associates a new contact with the
 * company of the contact's e-mail domain. If there is no such company, HubSpot creates it. The timeline then names that company.
 */
export async function associateContact(
  hubspot: HubSpot,
  pair: ContactCompanyPair,
  policy: PrimaryPolicy,
): Promise<AssociationOutcome> {
  return await orMissing(hubspot, pair, async () => await associate(hubspot, pair, policy))
}

async function associate(hubspot: HubSpot, pair: ContactCompanyPair, policy: PrimaryPolicy): Promise<CrmResponse> {
  const correlationId = await hubspot.associations.create(pair)
  const companies = await hubspot.associations.companiesOf(pair.contactId)

  const primary = companies.find(({ isPrimary }) => isPrimary)?.companyId ?? null
  // HubSpot makes the first company the primary one by itself in most cases, so this rarely writes.
  if (policy === 'always' ? primary !== pair.companyId : policy === 'if-none' && primary === null) {
    await hubspot.associations.makePrimary(pair)
  }

  const others = companies.map(({ companyId }) => companyId).filter((companyId) => companyId !== pair.companyId)
  if (others.length === 0) return { correlationId }
  return { correlationId, note: `HubSpot has also associated it with company ${others.slice(0, 3).join(', ')}` }
}

/** The outcome of `act`, or which of the two records HubSpot users have deleted. */
async function orMissing(
  hubspot: HubSpot,
  { contactId, companyId }: ContactCompanyPair,
  act: () => Promise<CrmResponse>,
): Promise<AssociationOutcome> {
  try {
    return { outcome: 'associated', ...(await act()) }
  } catch (error) {
    if (!(error instanceof HubSpotError) || !isMissing(error)) throw error
    // A record that was created a moment ago may be missing in the next call.
    await waitForReplication()
    const { correlationId } = error
    if (!(await hubspot.contacts.find(contactId))) return { outcome: 'missing', record: 'contact', correlationId }
    if (!(await hubspot.companies.find(companyId))) return { outcome: 'missing', record: 'company', correlationId }
    throw error
  }
}
