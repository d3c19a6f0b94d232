// One contact per customer in HubSpot: created, our own from a lost answer, or the existing one that a conflict points to (G2, G3).

import type { ContactDraft, ContactOutcome, Traced } from '../domain/crm.ts'
import { contactBehind, takeOver } from './existing-contact.ts'
import type { HubSpot } from './hubspot/client.ts'
import { isConflict, unlessMissing } from './hubspot/errors.ts'
import { HubSpotError } from './hubspot/hubspot-error.ts'
import { contactField, contactProperties, CUSTOMER_ID, LAST_EVENT_AT } from './hubspot/properties.ts'
import { withoutRefused } from './refused-values.ts'
import { settled } from './settle.ts'

/** Creates the contact; HubSpot answers a conflict when it knows the address already, and then that contact is verified and kept. */
export async function createContact(hubspot: HubSpot, draft: ContactDraft): Promise<ContactOutcome> {
  const { email: _, ...optional } = contactProperties(draft.values)
  const own = { email: draft.values.email, [CUSTOMER_ID]: draft.customerId, [LAST_EVENT_AT]: String(draft.lastEventAt) }
  try {
    const { result, refused } = await withoutRefused(optional, contactField, (rest) =>
      hubspot.contacts.create({ ...rest, ...own }),
    )
    return { outcome: 'created', contactId: result.id, url: result.url, correlationId: result.correlationId, refused }
  } catch (error) {
    if (!(error instanceof HubSpotError) || !isConflict(error)) throw error
    return await takeOver(hubspot, draft, await contactBehind(hubspot, draft, error))
  }
}

/**
 * Erases the contact, found by our own id where nobody knows HubSpot's; who is not there needs no erasing. A call that was
 * cut for the erasure may still be under way in HubSpot, so who is not there is looked for once more.
 */
export async function eraseContact(
  hubspot: HubSpot,
  { customerId, contactId }: { customerId: string; contactId: string | null },
): Promise<Traced> {
  const find = async () => (await hubspot.contacts.find(customerId, CUSTOMER_ID))?.id ?? null
  const id = contactId ?? (await find()) ?? (await settled().then(find))
  const correlationId = id === null ? null : await unlessMissing(() => hubspot.erasure.eraseContact(id))
  return { correlationId }
}
