// Finds the contact that a conflict points to, verifies that it is this customer, and only then writes to it (G3).

import { explanations } from '../domain/attention.ts'
import type { ContactCompanies, ContactDraft, ContactOutcome } from '../domain/crm.ts'
import { CrmRejection } from '../domain/failures.ts'
import type { ContactField, Values } from '../domain/fields.ts'
import type { ContactWithCompanies, HubSpot } from './client/client.ts'
import { addressesOf } from './client/responses.ts'
import { isTakenUniqueValue } from './client/errors.ts'
import type { HubSpotError } from './client/hubspot-error.ts'
import { contactWithAddress } from './contact-address.ts'
import { belongsToAnother, customerIdOn, describeCustomer, idOfAnother } from './contact-customer.ts'
import { updateContact } from './contact-update.ts'
import {
  CLAIMED_AT,
  COMPANY_KEY,
  contactField,
  contactMarks,
  contactProperties,
  CUSTOMER_ID,
  emptyOf,
  isClaimed,
  keptOf,
  LAST_EVENT_AT,
  timeOn,
} from './properties.ts'
import { isOfThisRun } from './record-age.ts'
import { withoutRejected } from './rejected-values.ts'
import { waitForReplication } from './replication.ts'

/**
 * The contact for which HubSpot answered with a conflict: it has this customer's id, or the e-mail address.
 *
 * @throws CrmRejection `contact-of-another-customer` when HubSpot takes the customer id for another one
 * @throws HubSpotError the conflict itself when no such contact can be read: a merge or a deletion is in progress. It is retried.
 */
export async function contactInConflict(
  hubspot: HubSpot,
  draft: ContactDraft,
  conflict: HubSpotError,
): Promise<ContactWithCompanies> {
  if (isTakenUniqueValue(conflict)) {
    const byId = await hubspot.contacts.findWithCompanies(draft.customerId, CUSTOMER_ID)
    if (byId && belongsToAnother(byId, draft.customerId)) throw idOfAnother(byId)
    if (byId && customerIdOn(byId) === draft.customerId) return byId
  }
  const byAddress = await contactWithAddress(hubspot, draft.values.email, conflict)
  if (byAddress) return byAddress
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
  contact: ContactWithCompanies,
): Promise<ContactOutcome> {
  if (belongsToAnother(contact, draft.customerId)) throw contactOfAnother(contact.id, customerIdOn(contact))
  // A watermark means that onramp has written to the contact: a response was lost, or HubSpot users restored a deleted contact.
  const watermark = timeOn(contact, LAST_EVENT_AT)
  if (customerIdOn(contact) === '') {
    const claimedAt = watermark === 0 ? { [CLAIMED_AT]: String(Date.now()) } : {}
    await hubspot.contacts.update(contact.id, { [CUSTOMER_ID]: draft.customerId, ...claimedAt })
    await waitForReplication()
    const after = await hubspot.contacts.find(contact.id)
    const owner = after ? customerIdOn(after) : ''
    if (owner !== draft.customerId) throw contactOfAnother(contact.id, owner)
  }
  if (isOfThisRun(contact, draft)) return await complete(hubspot, draft, contact)
  return watermark === 0 ? await fillIn(hubspot, draft, contact) : await catchUp(hubspot, draft, contact, watermark)
}

async function fillIn(hubspot: HubSpot, draft: ContactDraft, contact: ContactWithCompanies): Promise<ContactOutcome> {
  const { email: _, ...wanted } = contactProperties(draft.values)
  const { rejected } = await withoutRejected(emptyOf(contact, wanted), contactField, (rest) =>
    hubspot.contacts.update(draft.customerId, { ...rest, ...contactMarks(draft) }, CUSTOMER_ID),
  )
  return { outcome: 'existed', ...existing(contact), kept: keptFields(contact, wanted), rejected }
}

/**
 * An earlier attempt of this run has created the contact, or has filled it in, and its result was lost. The outcome is the one of that
 * attempt: what HubSpot has rejected is still empty, and HubSpot rejects it again.
 */
async function complete(hubspot: HubSpot, draft: ContactDraft, contact: ContactWithCompanies): Promise<ContactOutcome> {
  const { email: _, ...wanted } = contactProperties(draft.values)
  const hasKey = draft.companyKey === null || contact.properties[COMPANY_KEY] === draft.companyKey
  const isComplete = hasKey && Object.keys(emptyOf(contact, wanted)).length === 0
  const filledIn = isComplete
    ? { outcome: 'existed' as const, ...existing(contact), kept: keptFields(contact, wanted), rejected: [] }
    : await fillIn(hubspot, draft, contact)
  // A contact that onramp has created had no company and no other value. HubSpot stores some values in another form.
  if (isClaimed(contact)) return { ...filledIn, isRepeated: true }
  return { ...filledIn, outcome: 'created', companies: noCompanies(), kept: [] }
}

/**
 * Values up to the watermark are already there. Newer values may come from the registration, which must not overwrite the values
 * of HubSpot users. So this call writes only empty fields and a missing e-mail address; an update writes the rest.
 */
async function catchUp(
  hubspot: HubSpot,
  draft: ContactDraft,
  contact: ContactWithCompanies,
  watermark: number,
): Promise<ContactOutcome> {
  const { customerId, lastEventAt } = draft
  const { email: _, ...wanted } = contactProperties(draft.values)
  const kept = keptFields(contact, wanted)
  const empty = emptyOf(contact, wanted)
  if (watermark >= lastEventAt) {
    const isAsWritten = kept.length === 0 && Object.keys(empty).length === 0
    if (draft.companyKey !== null && contact.properties[COMPANY_KEY] !== draft.companyKey) {
      await hubspot.contacts.update(customerId, { [COMPANY_KEY]: draft.companyKey }, CUSTOMER_ID)
    }
    // HubSpot users removed the value of an empty property. It stays removed, like any other change of theirs.
    const removed = Object.keys(empty).flatMap((property) => contactField(property) ?? [])
    return {
      outcome: isAsWritten ? 'created' : 'existed',
      ...existing(contact),
      kept: [...kept, ...removed],
      rejected: [],
    }
  }
  const { companyKey } = draft
  const { email } = draft.values
  const missing = Object.entries(empty).map(([property, value]) => [contactField(property), value])
  const values: Values<ContactField> = {
    ...Object.fromEntries(missing),
    ...(!addressesOf(contact).includes(email) && { email }),
  }
  const change = { customerId, contactId: contact.id, companyKey, values, lastEventAt }
  // These values fill in only what is empty, so that no policy has to keep anything.
  const written = await updateContact(hubspot, change, 'overwrite')
  const rejected = written.outcome === 'written' ? written.rejected : []
  return { outcome: 'existed', ...existing(contact), kept, rejected }
}

/** The companies of a contact that onramp has just created. */
export function noCompanies(): ContactCompanies {
  return { companyIds: [], primaryId: null, at: Date.now() }
}

function keptFields(contact: ContactWithCompanies, wanted: Record<string, string>): ContactField[] {
  return keptOf(contact, wanted).flatMap((property) => contactField(property) ?? [])
}

function existing({
  id,
  url,
  companies,
  correlationId,
}: ContactWithCompanies): Pick<ContactOutcome, 'contactId' | 'url' | 'companies' | 'correlationId'> {
  return { contactId: id, url, companies, correlationId }
}

function contactOfAnother(contactId: string, owner: string): CrmRejection {
  const explanation = explanations.contactOfAnotherCustomer(contactId, describeCustomer(owner))
  return new CrmRejection({ ...explanation, fields: ['email'], correlationId: null })
}
