// Creates or claims the one contact of a customer (G2, G3). After a lost response it finds the contact again.

import type { ContactDraft, ContactOutcome } from '../domain/crm.ts'
import type { HubSpot } from './client/client.ts'
import { isConflict } from './client/errors.ts'
import { HubSpotError } from './client/hubspot-error.ts'
import { claimContact, contactInConflict, noCompanies } from './existing-contact.ts'
import { contactField, contactMarks, contactProperties, CUSTOMER_ID } from './properties.ts'
import { withoutRejected } from './rejected-values.ts'

/** Creates the contact. When HubSpot answers with a conflict, the contact that it points to is verified and claimed. */
export async function createContact(hubspot: HubSpot, draft: ContactDraft): Promise<ContactOutcome> {
  const { email: _, ...optional } = contactProperties(draft.values)
  const own = {
    email: draft.values.email,
    [CUSTOMER_ID]: draft.customerId,
    ...contactMarks(draft),
  }
  try {
    const { result, rejected } = await withoutRejected(optional, contactField, (rest) =>
      hubspot.contacts.create({ ...rest, ...own }),
    )
    const { id: contactId, url, correlationId } = result
    return { outcome: 'created', contactId, url, companies: noCompanies(), correlationId, kept: [], rejected }
  } catch (error) {
    if (!(error instanceof HubSpotError) || !isConflict(error)) throw error
    return await claimContact(hubspot, draft, await contactInConflict(hubspot, draft, error))
  }
}
