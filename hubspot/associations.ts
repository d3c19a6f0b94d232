// The association of contact and company, and which company is the contact's primary one.

import type { AssociationDraft, AssociationOutcome, ContactCompanies, ContactCompanyPair } from '../domain/crm.ts'
import type { HubSpot } from './client/client.ts'
import { isMissing } from './client/errors.ts'
import { HubSpotError } from './client/hubspot-error.ts'
import { customerIdOn } from './contact-customer.ts'
import { isRecent } from './recent-reads.ts'
import { waitForReplication } from './replication.ts'

/** Whether the company of the registration becomes the contact's primary company. */
export type PrimaryPolicy = 'if-none' | 'always' | 'never'

type Associated = Omit<Extract<AssociationOutcome, { outcome: 'associated' }>, 'outcome'>

/** An association whose companies were not read for the call, so that the contact is read later (association-review.ts). */
export interface MadeAssociation extends ContactCompanyPair {
  customerId: string
  /** The contact's other companies that onramp knows already. */
  knownIds: string[]
}

/** The companies of a contact before a call: read for the call, or known from an earlier one. */
interface Before {
  companies: Awaited<ReturnType<HubSpot['associations']['companiesOf']>>
  wasRead: boolean
}

/**
 * Associates the two; repeating it changes nothing (G2). In some portals, HubSpot itself also associates a new contact with the
 * company of the contact's e-mail domain. If there is no such company, HubSpot creates it. The timeline names other companies
 * that are known by now; `made` has the contact read again later.
 */
export async function associateContact(
  hubspot: HubSpot,
  draft: AssociationDraft,
  { policy, made }: { policy: PrimaryPolicy; made: (association: MadeAssociation) => void },
): Promise<AssociationOutcome> {
  const { customerId, companyId } = draft
  return await orMissing(hubspot, draft, async () => {
    const known = knownBefore(draft)
    const contact = known ? { contactId: draft.contactId, before: known } : await readOwn(hubspot, draft)
    if (contact === null) return null
    const { contactId, before } = contact
    const pair = { contactId, companyId }
    const associated = await associate(hubspot, pair, before, { policy, formerIds: [] })
    const others = before.companies.flatMap((other) => (other.companyId === companyId ? [] : other.companyId))
    if (!before.wasRead) made({ ...pair, customerId, knownIds: others })
    return { ...associated, ...(others.length > 0 && { note: alsoAssociatedWith(others) }) }
  })
}

/** For the timeline; HubSpot itself or its users made these associations. */
export function alsoAssociatedWith(companyIds: string[]): string {
  return `HubSpot has also associated it with company ${companyIds.slice(0, 3).join(', ')}`
}

/**
 * The customer's current contact and its companies; `null` when HubSpot has no such contact. It is found by the customer's id: a
 * stored contact id leads to another customer's contact after HubSpot users have merged the two (G3).
 */
export async function readOwn(
  hubspot: HubSpot,
  { customerId, companyId }: { customerId: string; companyId: string },
): Promise<{ contactId: string; before: Before } | null> {
  const find = () => hubspot.contacts.findOwnWithCompanies(customerId)
  // A contact that was created a moment ago may be missing in the next call.
  const contact = (await find()) ?? (await waitForReplication().then(find))
  if (!contact || customerIdOn(contact) !== customerId) return null
  const { id: contactId, companies: known } = contact
  // With all its companies the contact shows no label, which matters for the company that is associated already.
  const isEnough = known !== null && !known.companyIds.includes(companyId)
  const before = isEnough ? { companies: unlabelled(known), wasRead: true } : await readCompanies(hubspot, contactId)
  return { contactId, before }
}

/** The contact's current companies. */
export async function readCompanies(hubspot: HubSpot, contactId: string): Promise<Before> {
  return { companies: await hubspot.associations.companiesOf(contactId), wasRead: true }
}

/** What is known of the contact's companies; `null` when it is old, or when the labels of the association matter as well. */
function knownBefore({ companyId, companies: known }: AssociationDraft): Before | null {
  if (known === null || !isRecent(known.at) || known.companyIds.includes(companyId)) return null
  return { companies: unlabelled(known), wasRead: false }
}

function unlabelled({ companyIds, primaryId }: ContactCompanies): Before['companies'] {
  return companyIds.map((companyId) => ({ companyId, isPrimary: companyId === primaryId, labels: [] }))
}

/**
 * Associates the two, and makes the company the primary one by the policy, in one call. After the call, nothing shows who made
 * the association, so `before` decides that. A company among `formerIds`, which the contact leaves, counts as none.
 */
export async function associate(
  hubspot: HubSpot,
  pair: ContactCompanyPair,
  before: Before,
  { policy, formerIds }: { policy: PrimaryPolicy; formerIds: string[] },
): Promise<Associated> {
  const present = before.companies.find(({ companyId }) => companyId === pair.companyId)
  const primary = before.companies.find(({ isPrimary }) => isPrimary)
  const isFree = primary === undefined || formerIds.includes(primary.companyId)
  // HubSpot makes a contact's first company the primary one by itself. It may have associated another one since the contact was
  // created; with the policy `if-none` that one stays the primary company.
  const isFirst = before.companies.length === 0 && !before.wasRead
  const makesPrimary = policy === 'always' ? !present?.isPrimary : policy === 'if-none' && isFree && !isFirst
  const correlationId = makesPrimary
    ? // The call replaces all labels of the two. An association that is still to be made has none.
      await hubspot.associations.makePrimary(pair, present?.labels)
    : await hubspot.associations.create(pair)
  return { correlationId, isOwn: !present }
}

/** The outcome of `act`, or which of the two records HubSpot users have deleted. `act` returns `null` when it is the contact. */
export async function orMissing(
  hubspot: HubSpot,
  { customerId, contactId, companyId }: ContactCompanyPair & { customerId: string },
  act: () => Promise<Associated | null>,
): Promise<AssociationOutcome> {
  try {
    const associated = await act()
    if (associated === null) return { outcome: 'missing', record: 'contact', correlationId: null }
    const { correlationId, isOwn, note } = associated
    return { outcome: 'associated', correlationId, isOwn, ...(note && { note }) }
  } catch (error) {
    if (!(error instanceof HubSpotError) || !isMissing(error)) throw error
    // A record that was created a moment ago may be missing in the next call.
    await waitForReplication()
    const { correlationId } = error
    const contact = await hubspot.contacts.find(contactId)
    // HubSpot users may have emptied the customer's id on the contact, which is then claimed again.
    const isOwn = contact !== null && customerIdOn(contact) === customerId
    if (!isOwn) return { outcome: 'missing', record: 'contact', correlationId }
    if (!(await hubspot.companies.find(companyId))) return { outcome: 'missing', record: 'company', correlationId }
    throw error
  }
}
