// Finds the contact that a conflict points to, verifies that it is this customer, and only then writes to it (G3).

import { explanations } from '../domain/attention.ts'
import type { ContactDraft, ContactOutcome } from '../domain/crm.ts'
import { CrmRejection } from '../domain/failures.ts'
import type { ContactField, Values } from '../domain/fields.ts'
import type { HubSpot } from './client/client.ts'
import type { HubSpotRecord } from './client/responses.ts'
import { existingIdIn } from './client/conflict.ts'
import { isTakenUniqueValue } from './client/errors.ts'
import type { HubSpotError } from './client/hubspot-error.ts'
import { belongsToAnother, describeCustomer, customerIdOn } from './contact-customer.ts'
import { updateContact } from './contact-update.ts'
import { contactField, contactProperties, CUSTOMER_ID, emptyOf, keptOf, LAST_EVENT_AT } from './properties.ts'
import { withoutRejected } from './rejected-values.ts'
import { waitForReplication } from './replication.ts'

/**
 * The contact for which HubSpot answered with a conflict. The id in the response is only a hint: the contact must have the
 * e-mail address or this customer's id. Otherwise HubSpot is asked for the contact with the value that is taken.
 *
 * @throws HubSpotError the conflict itself when no such contact can be read: a merge or a deletion is in progress. It is retried.
 */
export async function contactInConflict(
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
 * Claims an existing contact for the customer, and reads it again, since another customer may have claimed it in the same moment.
 * Only then it fills in what is empty. It does not write the e-mail address, which may be a secondary address of the contact:
 * writing would make it the primary one.
 *
 * @throws CrmRejection `contact-of-another-customer`, with nothing of the customer written
 */
export async function claimContact(
  hubspot: HubSpot,
  draft: ContactDraft,
  contact: HubSpotRecord,
): Promise<ContactOutcome> {
  if (belongsToAnother(contact, draft.customerId)) throw contactOfAnother(contact.id, customerIdOn(contact))
  if (customerIdOn(contact) === '') {
    await hubspot.contacts.update(contact.id, { [CUSTOMER_ID]: draft.customerId })
    await waitForReplication()
    const after = await hubspot.contacts.find(contact.id)
    const owner = after ? customerIdOn(after) : ''
    if (owner !== draft.customerId) throw contactOfAnother(contact.id, owner)
  }
  // A watermark means that onramp has written to the contact: a response was lost, or HubSpot users restored a deleted contact.
  const watermark = Number(contact.properties[LAST_EVENT_AT] || 0)
  return watermark === 0 ? await fillIn(hubspot, draft, contact) : await catchUp(hubspot, draft, contact, watermark)
}

async function fillIn(hubspot: HubSpot, draft: ContactDraft, contact: HubSpotRecord): Promise<ContactOutcome> {
  const { email: _, ...wanted } = contactProperties(draft.values)
  const { rejected } = await withoutRejected(emptyOf(contact, wanted), contactField, (rest) =>
    hubspot.contacts.update(contact.id, { ...rest, [LAST_EVENT_AT]: String(draft.lastEventAt) }),
  )
  return { outcome: 'existed', ...existing(contact), kept: keptFields(contact, wanted), rejected }
}

/**
 * Values up to the watermark are already there. Newer values may come from the registration, which must not overwrite the values
 * of HubSpot users. So this call writes only empty fields and a missing e-mail address; an update writes the rest.
 */
async function catchUp(
  hubspot: HubSpot,
  draft: ContactDraft,
  contact: HubSpotRecord,
  watermark: number,
): Promise<ContactOutcome> {
  const { customerId, lastEventAt } = draft
  const { email: _, ...wanted } = contactProperties(draft.values)
  const kept = keptFields(contact, wanted)
  const empty = emptyOf(contact, wanted)
  if (watermark >= lastEventAt) {
    const isAsWritten = kept.length === 0 && Object.keys(empty).length === 0
    // HubSpot users removed the value of an empty property. It stays removed, like any other change of theirs.
    const removed = Object.keys(empty).flatMap((property) => contactField(property) ?? [])
    return {
      outcome: isAsWritten ? 'created' : 'existed',
      ...existing(contact),
      kept: [...kept, ...removed],
      rejected: [],
    }
  }
  const { email } = draft.values
  const missing = Object.entries(empty).map(([property, value]) => [contactField(property), value])
  const values: Values<ContactField> = {
    ...Object.fromEntries(missing),
    ...(!addressesOf(contact).includes(email) && { email }),
  }
  const written = await updateContact(hubspot, { customerId, contactId: contact.id, values, lastEventAt })
  const rejected = written.outcome === 'written' ? written.rejected : []
  return { outcome: 'existed', ...existing(contact), kept, rejected }
}

function keptFields(contact: HubSpotRecord, wanted: Record<string, string>): ContactField[] {
  return keptOf(contact, wanted).flatMap((property) => contactField(property) ?? [])
}

function existing({
  id,
  url,
  correlationId,
}: HubSpotRecord): Pick<ContactOutcome, 'contactId' | 'url' | 'correlationId'> {
  return { contactId: id, url, correlationId }
}

function isThisCustomer(contact: HubSpotRecord, { customerId, values }: ContactDraft): boolean {
  return customerIdOn(contact) === customerId || addressesOf(contact).includes(values.email)
}

/** The contact's primary and secondary e-mail addresses, in lower case. */
function addressesOf({ properties }: HubSpotRecord): string[] {
  const addresses = [properties['email'] ?? '', ...(properties['hs_additional_emails'] ?? '').split(';')]
  return addresses.map((address) => address.trim().toLowerCase())
}

function contactOfAnother(contactId: string, owner: string): CrmRejection {
  const explanation = explanations.contactOfAnotherCustomer(contactId, describeCustomer(owner))
  return new CrmRejection({ ...explanation, fields: ['email'], correlationId: null })
}
