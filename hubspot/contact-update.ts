// Changes of a contact that is known: all that HubSpot takes is written, what it does not take is named.

import type { ContactChange, RefusedField, WriteOutcome } from '../domain/crm.ts'
import { isOfAnother } from './contact-owner.ts'
import type { HubSpot } from './client/client.ts'
import { existingIdIn } from './client/conflict.ts'
import { isConflict, isMissing } from './client/errors.ts'
import { HubSpotError } from './client/hubspot-error.ts'
import { contactField, contactProperties, LAST_EVENT_AT } from './properties.ts'
import { withoutRefused } from './rejected-values.ts'

/** Writes what the change carries. A changed address that another contact has is left out and named; the rest is written. */
export async function updateContact(
  hubspot: HubSpot,
  { customerId, contactId, values, lastEventAt }: ContactChange,
): Promise<WriteOutcome> {
  const properties = { ...contactProperties(values), [LAST_EVENT_AT]: String(lastEventAt) }
  try {
    const { result, refused } = await withoutRefused(properties, contactField, (rest) =>
      hubspot.contacts.update(contactId, rest),
    )
    const { id: recordId, correlationId } = result
    // HubSpot wrote to the contact into which people have merged this one; where that is another customer's, theirs is gone.
    if (recordId !== contactId) {
      const survivor = await hubspot.contacts.find(recordId)
      if (survivor && isOfAnother(survivor, customerId)) return { outcome: 'missing', correlationId }
    }
    return { outcome: 'written', recordId, refused, correlationId }
  } catch (error) {
    if (!(error instanceof HubSpotError)) throw error
    if (isMissing(error)) return { outcome: 'missing', correlationId: error.correlationId }
    const owner = isConflict(error) && values.email ? await ownerOf(hubspot, values.email, error) : null
    if (owner === null || owner === contactId) throw error

    const { email: _, ...rest } = values
    const written = await updateContact(hubspot, { customerId, contactId, values: rest, lastEventAt })
    return written.outcome === 'written'
      ? { ...written, refused: [...written.refused, emailTaken(contactId, owner)] }
      : written
  }
}

/** Who has the address: HubSpot says it in the conflict, or when it is asked. */
async function ownerOf(hubspot: HubSpot, email: string, conflict: HubSpotError): Promise<string | null> {
  return existingIdIn(conflict.body) ?? (await hubspot.contacts.find(email, 'email'))?.id ?? null
}

function emailTaken(contactId: string, owner: string): RefusedField {
  return {
    field: 'email',
    reason: 'email-taken',
    message: `In HubSpot the address belongs to contact ${owner}, while this customer is contact ${contactId}. Merge the two there or correct the address, then resume.`,
  }
}
