// Whose a contact is: the mark on it says so, and nothing is written to another customer's (G3).

import { CUSTOMER_ID_PATTERN } from '../domain/ids.ts'
import type { HubSpotRecord } from './client/client.ts'
import { CUSTOMER_ID } from './properties.ts'

/** The customer id on the contact, `''` when it carries none. People can edit the property, so that it may hold anything. */
export function ownerOf(contact: HubSpotRecord): string {
  return contact.properties[CUSTOMER_ID] ?? ''
}

/** Whether the contact carries another customer's id; one without any may be this customer's. */
export function isOfAnother(contact: HubSpotRecord, customerId: string): boolean {
  return !['', customerId].includes(ownerOf(contact))
}

/** In words: a mark that is no customer id is not repeated. */
export function ofCustomer(owner: string): string {
  return CUSTOMER_ID_PATTERN.test(owner) ? `customer ${owner}` : 'another customer'
}
