// Reads from `onramp_customer_id` which customer a contact belongs to. onramp never writes to another customer's contact (G3).

import { explanations } from '../domain/attention.ts'
import { CrmRejection } from '../domain/failures.ts'
import { CUSTOMER_ID_PATTERN } from '../domain/ids.ts'
import type { HubSpotRecord } from './client/responses.ts'
import { CUSTOMER_ID } from './properties.ts'

/** The customer id on the contact, `''` when it has none. HubSpot users can edit the property, so it may hold any text. */
export function customerIdOn(contact: HubSpotRecord): string {
  return contact.properties[CUSTOMER_ID] ?? ''
}

/** Whether the contact carries another customer's id; a contact without one may be this customer's. */
export function belongsToAnother(contact: HubSpotRecord, customerId: string): boolean {
  return !['', customerId].includes(customerIdOn(contact))
}

/** The owner for a message. A text that is no customer id is not repeated, since it may be personal data. */
export function describeCustomer(owner: string): string {
  return CUSTOMER_ID_PATTERN.test(owner) ? `customer ${owner}` : 'another customer'
}

/** The rejection of a customer id that HubSpot takes for another customer's, since the two differ only in letter case. */
export function idOfAnother(contact: HubSpotRecord): CrmRejection {
  const explanation = explanations.customerIdTaken(contact.id, describeCustomer(customerIdOn(contact)))
  return new CrmRejection({ ...explanation, fields: [], correlationId: contact.correlationId })
}
