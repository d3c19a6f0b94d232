// Changes a contact: writes the values that HubSpot accepts, and reports those that it rejects.

import { explanations } from '../domain/attention.ts'
import type { ContactChange, RejectedField, WriteOutcome } from '../domain/crm.ts'
import { entriesOf } from '../domain/fields.ts'
import type { ContactField, Values } from '../domain/fields.ts'
import type { HubSpot } from './client/client.ts'
import type { HubSpotRecord } from './client/responses.ts'
import { isConflict, isMissing } from './client/errors.ts'
import { HubSpotError } from './client/hubspot-error.ts'
import { contactWithAddress } from './contact-address.ts'
import { belongsToAnother, customerIdOn, describeCustomer } from './contact-customer.ts'
import {
  COMPANY_KEY,
  contactField,
  contactMarks,
  contactProperties,
  CUSTOMER_ID,
  isClaimed,
  keptOf,
  LAST_EVENT_AT,
  timeOn,
} from './properties.ts'
import type { UpdatePolicy } from './properties.ts'
import { differencesOf } from './contact-differences.ts'
import { withoutRejected } from './rejected-values.ts'

/**
 * Writes the values of the change to the contact with the customer's id. If another contact has the e-mail address, it is
 * reported, and the rest is written. The contact is read before only for a read-back, or when HubSpot users' values stay.
 */
export async function updateContact(
  hubspot: HubSpot,
  change: ContactChange,
  policy: UpdatePolicy,
): Promise<WriteOutcome> {
  if (policy === 'overwrite' && !change.onlyDifferent) return await write(hubspot, change, [])
  const contact = await hubspot.contacts.findOwn(change.customerId)
  if (!contact || customerIdOn(contact) !== change.customerId) return { outcome: 'missing', correlationId: null }

  const different = change.onlyDifferent ? differencesOf(contact, change.values) : change.values
  const keeps = policy === 'fill-if-empty' && isClaimed(contact)
  const kept = keeps ? fieldsOf(keptOf(contact, contactProperties(different))) : []
  const values = Object.fromEntries(entriesOf(different).filter(([field]) => !kept.includes(field)))
  const compared = change.compared && { present: presentOn(contact, change.compared) }
  // HubSpot may have executed the earlier write late, over the newer watermark and key as well.
  const hasKey = change.companyKey === null || contact.properties[COMPANY_KEY] === change.companyKey
  const hasWatermark = timeOn(contact, LAST_EVENT_AT) >= change.lastEventAt
  const isUnchanged = Object.keys(values).length === 0 && hasKey && hasWatermark
  if (!change.onlyDifferent || !isUnchanged)
    return { ...(await write(hubspot, { ...change, values }, kept)), ...compared }
  const { id: recordId, correlationId } = contact
  return {
    outcome: 'written',
    recordId,
    skipped: [],
    kept,
    rejected: [],
    correlationId,
    isUnchanged: true,
    ...compared,
  }
}

/**
 * HubSpot finds the contact by the customer's id. A stored contact id would reach another customer's contact after HubSpot users
 * have merged the two (G3).
 */
async function write(hubspot: HubSpot, change: ContactChange, kept: ContactField[]): Promise<WriteOutcome> {
  const { customerId, values } = change
  const properties = { ...contactProperties(values), ...contactMarks(change) }
  try {
    const { result, rejected } = await withoutRejected(properties, contactField, (rest) =>
      hubspot.contacts.update(customerId, rest, CUSTOMER_ID),
    )
    const { id: recordId, correlationId } = result
    return { outcome: 'written', recordId, skipped: [], kept, rejected, correlationId }
  } catch (error) {
    if (!(error instanceof HubSpotError)) throw error
    if (isMissing(error)) return { outcome: 'missing', correlationId: error.correlationId }
    const other = isConflict(error) && values.email ? await contactWithAddress(hubspot, values.email, error) : null
    if (other === null || customerIdOn(other) === customerId) throw error

    const { email: _, ...rest } = values
    const written = await write(hubspot, { ...change, values: rest }, kept)
    if (written.outcome !== 'written') return written
    return { ...written, rejected: [...written.rejected, emailRejected(change, other)] }
  }
}

/** The fields of these values that the contact has. */
function presentOn(contact: HubSpotRecord, values: Values<ContactField>): ContactField[] {
  const different = differencesOf(contact, values)
  return entriesOf(values).flatMap(([field]) => (field in different ? [] : [field]))
}

function emailRejected({ customerId, contactId }: ContactChange, other: HubSpotRecord): RejectedField {
  const explanation = belongsToAnother(other, customerId)
    ? explanations.contactOfAnotherCustomer(other.id, describeCustomer(customerIdOn(other)))
    : explanations.emailTaken(contactId, other.id)
  return { field: 'email', ...explanation } as RejectedField
}

function fieldsOf(properties: string[]): ContactField[] {
  return properties.flatMap((property) => contactField(property) ?? [])
}
