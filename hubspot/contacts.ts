// Creates, claims or erases the one contact of a customer (G2, G3). After a lost response it finds the contact again.

import type { ContactDraft, ContactOutcome, CrmResponse } from '../domain/crm.ts'
import type { HubSpot } from './client/client.ts'
import type { HubSpotRecord } from './client/responses.ts'
import { isConflict, nullIfMissing } from './client/errors.ts'
import { HubSpotError } from './client/hubspot-error.ts'
import { belongsToAnother, describeCustomer, customerIdOn } from './contact-customer.ts'
import { claimContact, contactInConflict } from './existing-contact.ts'
import { contactField, contactProperties, CUSTOMER_ID, LAST_EVENT_AT } from './properties.ts'
import { withoutRejected } from './rejected-values.ts'
import { waitForReplication } from './replication.ts'

/** Creates the contact. When HubSpot answers with a conflict, the contact that it points to is verified and claimed. */
export async function createContact(hubspot: HubSpot, draft: ContactDraft): Promise<ContactOutcome> {
  const { email: _, ...optional } = contactProperties(draft.values)
  const own = { email: draft.values.email, [CUSTOMER_ID]: draft.customerId, [LAST_EVENT_AT]: String(draft.lastEventAt) }
  try {
    const { result, rejected } = await withoutRejected(optional, contactField, (rest) =>
      hubspot.contacts.create({ ...rest, ...own }),
    )
    const { id: contactId, url, correlationId } = result
    return { outcome: 'created', contactId, url, correlationId, kept: [], rejected }
  } catch (error) {
    if (!(error instanceof HubSpotError) || !isConflict(error)) throw error
    return await claimContact(hubspot, draft, await contactInConflict(hubspot, draft, error))
  }
}

/**
 * Erases the contact with the stored id, even a deleted one, and the contact that carries the customer's id. It looks twice,
 * since a cancelled create may still run in HubSpot. HubSpot users may have merged the contact into another customer's, which is
 * never erased (G3).
 */
export async function eraseContact(
  hubspot: HubSpot,
  { customerId, contactId }: { customerId: string; contactId: string | null },
): Promise<CrmResponse> {
  const stored =
    contactId === null
      ? null
      : ((await hubspot.contacts.find(contactId)) ?? (await hubspot.contacts.findDeleted(contactId)))
  const anothers = stored && belongsToAnother(stored, customerId) ? stored : null
  const own = anothers ? null : stored

  const findByCustomerId = async () => await hubspot.contacts.find(customerId, CUSTOMER_ID)
  const claimed = (await findByCustomerId()) ?? (own ? null : await waitForReplication().then(findByCustomerId))

  let correlationId: string | null = null
  for (const id of new Set([own?.id, claimed?.id])) {
    if (id !== undefined) correlationId = await nullIfMissing(() => hubspot.contacts.erase(id))
  }
  return { correlationId, ...(anothers && { note: leftTo(anothers) }) }
}

function leftTo(contact: HubSpotRecord): string {
  const owner = describeCustomer(customerIdOn(contact))
  return `HubSpot users merged it into contact ${contact.id} of ${owner}, which onramp does not erase; remove this customer’s data from it by hand`
}
