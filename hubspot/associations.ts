// The tie between contact and company, and whether that company is the contact's primary one.

import type { AssociationOutcome, ContactCompanyPair, ContactMove, CrmResponse } from '../domain/crm.ts'
import type { HubSpot } from './client/client.ts'
import { isMissing } from './client/errors.ts'
import { HubSpotError } from './client/hubspot-error.ts'
import { LAST_EVENT_AT } from './properties.ts'
import { waitForReplication } from './replication.ts'

/** Whether the company of the registration becomes the contact's primary company. */
export type PrimaryPolicy = 'if-none' | 'always' | 'never'

/** Whether the association with the former company ends when a customer moves. */
export type MovePolicy = 'replace' | 'keep'

/** Associates the contact with its new company, as its primary one, and ends the old associations by policy. */
export async function moveContact(
  hubspot: HubSpot,
  { contactId, companyId, fromCompanyIds, lastEventAt }: ContactMove,
  policy: MovePolicy,
): Promise<AssociationOutcome> {
  const pair = { contactId, companyId }
  return await orMissing(hubspot, pair, async () => {
    await hubspot.associations.create(pair)
    const correlationId = await hubspot.associations.makePrimary(pair)
    // So that nothing older moves the customer back, whenever it comes (G4).
    await hubspot.contacts.update(contactId, { [LAST_EVENT_AT]: String(lastEventAt) })
    const from = fromCompanyIds.join(', ')
    if (policy === 'keep') return { correlationId, note: `moved; still associated with company ${from}` }
    // People may have merged any of them with another one, even with the new one.
    const today = await hubspot.companies.find(companyId)
    for (const fromCompanyId of fromCompanyIds) {
      const former = await hubspot.companies.find(fromCompanyId)
      if (former && former.id !== today?.id) await hubspot.associations.remove({ contactId, companyId: former.id })
    }
    return { correlationId, note: `moved from company ${from}` }
  })
}

/**
 * Associates the two; repeating it changes nothing (G2). A portal may associate a new contact with a company by itself,
 * by the domain of its address, and even make that company; the timeline names it.
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
  // HubSpot usually makes the first company the primary one by itself, so that this only asks.
  if (policy === 'always' ? primary !== pair.companyId : policy === 'if-none' && primary === null) {
    await hubspot.associations.makePrimary(pair)
  }

  const others = companies.map(({ companyId }) => companyId).filter((companyId) => companyId !== pair.companyId)
  if (others.length === 0) return { correlationId }
  return { correlationId, note: `HubSpot also has it associated with company ${others.slice(0, 3).join(', ')}` }
}

/** Does it, or says which of the two records people have deleted. */
async function orMissing(
  hubspot: HubSpot,
  { contactId, companyId }: ContactCompanyPair,
  act: () => Promise<CrmResponse>,
): Promise<AssociationOutcome> {
  try {
    return { outcome: 'associated', ...(await act()) }
  } catch (error) {
    if (!(error instanceof HubSpotError) || !isMissing(error)) throw error
    // A record made a moment ago may be unknown to the next call.
    await waitForReplication()
    const { correlationId } = error
    if (!(await hubspot.contacts.find(contactId))) return { outcome: 'missing', record: 'contact', correlationId }
    if (!(await hubspot.companies.find(companyId))) return { outcome: 'missing', record: 'company', correlationId }
    throw error
  }
}
