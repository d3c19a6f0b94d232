// Finds out which customer a contact in HubSpot belongs to, for operators who know only an address or HubSpot's id.

import type { CustomerOfContact, SoughtContact } from '../domain/crm.ts'
import { CUSTOMER_ID_PATTERN } from '../domain/ids.ts'
import type { HubSpot } from './client/client.ts'
import { addressesOf } from './client/responses.ts'
import type { HubSpotRecord } from './client/responses.ts'
import { customerIdOn } from './contact-customer.ts'

/** HubSpot users can edit the property. A text that is no customer id counts as none, since it may be personal data (G11). */
export async function findCustomerOf(hubspot: HubSpot, sought: SoughtContact): Promise<CustomerOfContact> {
  const contact = await find(hubspot, sought)
  const customerId = contact === null ? '' : customerIdOn(contact)
  return {
    customerId: CUSTOMER_ID_PATTERN.test(customerId) ? customerId : null,
    correlationId: contact?.correlationId ?? null,
  }
}

/** After a merge, the former id and the former address lead to the contact that survived. */
async function find(hubspot: HubSpot, sought: SoughtContact): Promise<HubSpotRecord | null> {
  if ('contactId' in sought) return await hubspot.contacts.findPossible(sought.contactId)
  const contact = await hubspot.contacts.find(sought.email, 'email')
  return contact && addressesOf(contact).includes(sought.email) ? contact : null
}
