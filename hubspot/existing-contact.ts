// The contact that a conflict points to: found, verified to be this customer, and only then written to (G3).

import type { ContactDraft, ContactOutcome, Values } from '../domain/crm.ts'
import { ofCustomer } from './contact-owner.ts'
import { updateContact } from './contact-update.ts'
import type { HubSpot, HubSpotRecord } from './client/client.ts'
import { existingIdIn } from './client/conflict.ts'
import { isTakenUniqueValue, refuse } from './client/errors.ts'
import type { HubSpotError } from './client/hubspot-error.ts'
import { contactField, contactProperties, CUSTOMER_ID, emptyOf, LAST_EVENT_AT } from './properties.ts'
import { withoutRefused } from './rejected-values.ts'
import { settled } from './replication.ts'

/**
 * The contact for which HubSpot answered a conflict. The id in the answer is only a hint: the contact counts when it
 * carries the address or this very customer's id; else HubSpot is asked for the address itself.
 *
 * @throws HubSpotError the conflict itself, to be tried again, when no contact can be read: a merge or a deletion is under way
 */
export async function contactBehind(
  hubspot: HubSpot,
  draft: ContactDraft,
  conflict: HubSpotError,
): Promise<HubSpotRecord> {
  const id = existingIdIn(conflict.body)
  const hinted = id === null ? null : await hubspot.contacts.find(id)
  if (hinted && isThisCustomer(hinted, draft)) return hinted

  const byKey = isTakenUniqueValue(conflict)
    ? await hubspot.contacts.find(draft.customerId, CUSTOMER_ID)
    : await hubspot.contacts.find(draft.values.email, 'email')
  if (byKey && isThisCustomer(byKey, draft)) return byKey
  throw conflict
}

/**
 * Makes an existing contact the customer's: marks it, makes sure that nobody else has done so in the same moment, and only
 * then fills in what is empty. The address is not written, since it may be the contact's secondary one, and writing it
 * would make it the first.
 *
 * @throws ApplicationFailure `contact-of-another-customer`, with nothing of the customer written
 */
export async function takeOver(hubspot: HubSpot, draft: ContactDraft, contact: HubSpotRecord): Promise<ContactOutcome> {
  const owner = contact.properties[CUSTOMER_ID] ?? ''
  if (owner !== '' && owner !== draft.customerId) throw contactOfAnother(contact.id, owner)
  if (owner === '') {
    await hubspot.contacts.update(contact.id, { [CUSTOMER_ID]: draft.customerId })
    await settled()
    const after = await hubspot.contacts.find(contact.id)
    const ownerNow = after?.properties[CUSTOMER_ID] ?? ''
    if (ownerNow !== draft.customerId) throw contactOfAnother(contact.id, ownerNow)
  }
  // Ours, and written to before: an answer was lost, or people have brought back what they had deleted.
  const writtenAt = Number(contact.properties[LAST_EVENT_AT] || 0)
  return writtenAt === 0 ? await fillIn(hubspot, draft, contact) : await catchUp(hubspot, draft, contact, writtenAt)
}

async function fillIn(hubspot: HubSpot, draft: ContactDraft, contact: HubSpotRecord): Promise<ContactOutcome> {
  const { email: _, ...values } = contactProperties(draft.values)
  const { refused } = await withoutRefused(emptyOf(contact, values), contactField, (rest) =>
    hubspot.contacts.update(contact.id, { ...rest, [LAST_EVENT_AT]: String(draft.lastEventAt) }),
  )
  return { outcome: 'existed', ...foundAs(contact), refused }
}

/**
 * As far as it was written, it is left alone. Of what is newer since, nobody can tell here which values are the
 * registration's and must not overwrite what people typed: only what is empty is filled in, and an address that the contact
 * does not have is written. The rest is for an update.
 */
async function catchUp(
  hubspot: HubSpot,
  draft: ContactDraft,
  contact: HubSpotRecord,
  writtenAt: number,
): Promise<ContactOutcome> {
  const { email, ...others } = draft.values
  const properties = contactProperties(others)
  if (writtenAt >= draft.lastEventAt) {
    const isAsWeWroteIt = Object.entries(properties).every(
      ([name, value]) => (contact.properties[name] ?? '') === value,
    )
    return {
      outcome: isAsWeWroteIt ? 'created' : 'existed',
      ...foundAs(contact),
      refused: [],
    }
  }
  const empty = Object.entries(emptyOf(contact, properties)).map(([name, value]) => [contactField(name), value])
  const values = { ...Object.fromEntries(empty), ...(!addressesOf(contact).includes(email) && { email }) } as Values
  const { customerId, lastEventAt } = draft
  const written = await updateContact(hubspot, { customerId, contactId: contact.id, values, lastEventAt })
  return { outcome: 'existed', ...foundAs(contact), refused: written.outcome === 'written' ? written.refused : [] }
}

function foundAs({
  id,
  url,
  correlationId,
}: HubSpotRecord): Pick<ContactOutcome, 'contactId' | 'url' | 'correlationId'> {
  return { contactId: id, url, correlationId }
}

function isThisCustomer(contact: HubSpotRecord, { customerId, values }: ContactDraft): boolean {
  return contact.properties[CUSTOMER_ID] === customerId || addressesOf(contact).includes(values.email)
}

function addressesOf({ properties }: HubSpotRecord): string[] {
  const addresses = [properties.email ?? '', ...(properties.hs_additional_emails ?? '').split(';')]
  return addresses.map((address) => address.trim().toLowerCase())
}

function contactOfAnother(contactId: string, owner: string) {
  return refuse({
    reason: 'contact-of-another-customer',
    message: `In HubSpot the address belongs to contact ${contactId}, which is ${ofCustomer(owner)}. Correct the address of one of the two, then resume.`,
    status: 409,
    category: 'CONFLICT',
    fields: ['email'],
    correlationId: null,
  })
}
