// Moves a contact from one company to another: the new association comes first, then the former ones are removed.

import type { AssociationOutcome, ContactCompanyPair, ContactMove } from '../domain/crm.ts'
import { associate, orMissing, readCompanies, readOwn } from './associations.ts'
import type { PrimaryPolicy } from './associations.ts'
import type { HubSpot } from './client/client.ts'
import { contactMarks, CUSTOMER_ID } from './properties.ts'

/** Whether the association with the former company is removed when a customer moves. */
export type MovePolicy = 'replace' | 'keep'

/** Associates the contact with the new company. Removes the former associations if the policy says so. */
export async function moveContact(
  hubspot: HubSpot,
  move: ContactMove,
  policies: { primary: PrimaryPolicy; move: MovePolicy },
): Promise<AssociationOutcome> {
  const { customerId, companyId, fromCompanyIds } = move
  return await orMissing(hubspot, move, async () => {
    const contact = await readOwn(hubspot, move)
    if (contact === null) return null
    const { contactId, before } = contact
    const isThere = (id: string) => before.companies.some((company) => company.companyId === id)
    const formerIds = await presentIds(hubspot, fromCompanyIds, isThere)
    const pair = { contactId, companyId }
    const associated = await associate(hubspot, pair, before, { policy: policies.primary, formerIds })
    const kept = policies.move === 'keep' ? [] : await removeAssociations(hubspot, pair, formerIds)
    // The watermark keeps a late event from moving the customer back (G4). It comes last: by the key, a later run takes the move for done.
    await hubspot.contacts.update(customerId, contactMarks(move), CUSTOMER_ID)

    const from = fromCompanyIds.join(', ')
    if (policies.move === 'keep') return { ...associated, note: `moved; still associated with company ${from}` }
    if (kept.length === 0) return { ...associated, note: `moved from company ${from}` }
    const note = `moved; still associated with company ${kept.join(', ')}, since HubSpot users gave that association a label`
    return { ...associated, note }
  })
}

/**
 * The ids that the companies have now. HubSpot users may have merged one into another company, even into the new one. A company
 * with which the contact is associated under this very id was not merged. A deleted company is left out.
 */
async function presentIds(hubspot: HubSpot, ids: string[], isThere: (id: string) => boolean): Promise<string[]> {
  const present = await Promise.all(
    ids.map(async (id) => (isThere(id) ? id : ((await hubspot.companies.find(id))?.id ?? null))),
  )
  return present.filter((id) => id !== null)
}

/** Returns the companies whose association stays, since HubSpot users have given it a label of theirs. */
async function removeAssociations(
  hubspot: HubSpot,
  { contactId, companyId }: ContactCompanyPair,
  formerIds: string[],
): Promise<string[]> {
  const { companies } = await readCompanies(hubspot, contactId)
  const [currentId] = await presentIds(hubspot, [companyId], (id) =>
    companies.some((company) => company.companyId === id),
  )
  const left = companies.filter(({ companyId: id }) => formerIds.includes(id) && id !== currentId)
  for (const { companyId: id, labels } of left) {
    if (labels.length === 0) await hubspot.associations.remove({ contactId, companyId: id })
  }
  return left.filter(({ labels }) => labels.length > 0).map(({ companyId: id }) => id)
}
