// One contact per customer in HubSpot: created, our own from a lost answer, or the existing one that a conflict points to (G2, G3).

import type { ContactChange, ContactDraft, ContactOutcome, RefusedField, Traced, WriteOutcome } from '../domain/crm.ts'
import { contactBehind, takeOver } from './existing-contact.ts'
import type { HubSpot } from './hubspot/client.ts'
import { existingIdIn } from './hubspot/conflict.ts'
import { isConflict, isMissing, unlessMissing } from './hubspot/errors.ts'
import { HubSpotError } from './hubspot/hubspot-error.ts'
import { contactField, contactProperties, CUSTOMER_ID, LAST_EVENT_AT } from './hubspot/properties.ts'
import { withoutRefused } from './refused-values.ts'

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

/** Writes what the change carries. A changed address that another contact has is left out and named; the rest is written. */
export async function updateContact(
  hubspot: HubSpot,
  { contactId, values, lastEventAt }: ContactChange,
): Promise<WriteOutcome> {
  const properties = { ...contactProperties(values), [LAST_EVENT_AT]: String(lastEventAt) }
  try {
    const { result, refused } = await withoutRefused(properties, contactField, (rest) =>
      hubspot.contacts.update(contactId, rest),
    )
    return { outcome: 'written', recordId: result.id, refused, correlationId: result.correlationId }
  } catch (error) {
    if (!(error instanceof HubSpotError)) throw error
    if (isMissing(error)) return { outcome: 'missing', correlationId: error.correlationId }
    const owner = isConflict(error) ? existingIdIn(error.body) : null
    if (values.email === undefined || owner === null || owner === contactId) throw error

    const { email: _, ...rest } = values
    const written = await updateContact(hubspot, { contactId, values: rest, lastEventAt })
    return written.outcome === 'written'
      ? { ...written, refused: [...written.refused, emailTaken(contactId, owner)] }
      : written
  }
}

function emailTaken(contactId: string, owner: string): RefusedField {
  return {
    field: 'email',
    reason: 'email-taken',
    message: `In HubSpot the address belongs to contact ${owner}, while this customer is contact ${contactId}. Merge the two there or correct the address, then resume.`,
  }
}

/** Erases the contact, found by our own id where nobody knows HubSpot's; who is not there needs no erasing. */
export async function eraseContact(
  hubspot: HubSpot,
  { customerId, contactId }: { customerId: string; contactId: string | null },
): Promise<Traced> {
  const id = contactId ?? (await hubspot.contacts.find(customerId, CUSTOMER_ID))?.id ?? null
  const correlationId = id === null ? null : await unlessMissing(() => hubspot.erasure.eraseContact(id))
  return { correlationId }
}
