// The contact that a conflict points to: found, verified to be this customer, and only then written to (G3).

import type { ContactDraft, ContactOutcome } from '../domain/crm.ts'
import type { HubSpot, HubSpotRecord } from './hubspot/client.ts'
import { existingIdIn } from './hubspot/conflict.ts'
import { isTakenUniqueValue, refuse } from './hubspot/errors.ts'
import type { HubSpotError } from './hubspot/hubspot-error.ts'
import { contactField, contactProperties, CUSTOMER_ID, emptyOf, LAST_EVENT_AT } from './hubspot/properties.ts'
import type { Properties } from './hubspot/properties.ts'
import { withoutRefused } from './refused-values.ts'

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
 * Makes an existing contact the customer's: marks it and fills in what is empty. The address is not written, since it
 * may be the contact's secondary one, and writing it would make it the first.
 *
 * @throws ApplicationFailure `contact-of-another-customer`, with nothing written
 */
export async function takeOver(hubspot: HubSpot, draft: ContactDraft, contact: HubSpotRecord): Promise<ContactOutcome> {
  const owner = contact.properties[CUSTOMER_ID] ?? ''
  const found = { contactId: contact.id, url: contact.url, correlationId: contact.correlationId }
  if (owner !== '' && owner !== draft.customerId) throw contactOfAnother(contact.id, owner)

  const { email: _, ...values } = contactProperties(draft.values)
  const mark = { [CUSTOMER_ID]: draft.customerId, [LAST_EVENT_AT]: String(draft.lastEventAt) }
  const write = (rest: Properties) => hubspot.contacts.update(contact.id, { ...rest, ...mark })

  if (owner === '') {
    const { refused } = await withoutRefused(emptyOf(contact, values), contactField, write)
    return { outcome: 'existed', ...found, refused }
  }
  // Ours already: an answer was lost, and then it is as new as the draft, or the customer came back with newer values.
  if (Number(contact.properties[LAST_EVENT_AT] ?? 0) >= draft.lastEventAt)
    return { outcome: 'created', ...found, refused: [] }
  const { refused } = await withoutRefused(values, contactField, write)
  return { outcome: 'created', ...found, refused }
}

function isThisCustomer({ properties }: HubSpotRecord, { customerId, values }: ContactDraft): boolean {
  const addresses = [properties.email, ...(properties.hs_additional_emails ?? '').split(';')]
  return (
    properties[CUSTOMER_ID] === customerId ||
    addresses.some((address) => address?.trim().toLowerCase() === values.email)
  )
}

function contactOfAnother(contactId: string, owner: string) {
  return refuse({
    reason: 'contact-of-another-customer',
    message: `In HubSpot the address belongs to contact ${contactId}, which is customer ${owner}. Correct the address of one of the two, then resume.`,
    status: 409,
    category: 'CONFLICT',
    fields: ['email'],
    correlationId: null,
  })
}
