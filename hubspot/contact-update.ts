// Changes a contact: writes the values that HubSpot accepts, and reports those that it rejects.

import { explanations } from '../domain/attention.ts'
import type { ContactChange, WriteOutcome } from '../domain/crm.ts'
import type { HubSpot } from './client/client.ts'
import { existingIdIn } from './client/conflict.ts'
import { isConflict, isMissing } from './client/errors.ts'
import { HubSpotError } from './client/hubspot-error.ts'
import { belongsToAnother } from './contact-customer.ts'
import { contactField, contactProperties, LAST_EVENT_AT } from './properties.ts'
import { withoutRejected } from './rejected-values.ts'

/** Writes the values of the change. If another contact has the e-mail address, it is reported, and the rest is written. */
export async function updateContact(hubspot: HubSpot, change: ContactChange): Promise<WriteOutcome> {
  const { customerId, contactId, values, lastEventAt } = change
  const properties = { ...contactProperties(values), [LAST_EVENT_AT]: String(lastEventAt) }
  try {
    const { result, rejected } = await withoutRejected(properties, contactField, (rest) =>
      hubspot.contacts.update(contactId, rest),
    )
    const { id: recordId, correlationId } = result
    // HubSpot users have merged this contact into another one, which HubSpot wrote to. If another customer has that, ours is gone.
    if (recordId !== contactId) {
      const survivor = await hubspot.contacts.find(recordId)
      if (survivor && belongsToAnother(survivor, customerId)) return { outcome: 'missing', correlationId }
    }
    return { outcome: 'written', recordId, skipped: [], rejected, correlationId }
  } catch (error) {
    if (!(error instanceof HubSpotError)) throw error
    if (isMissing(error)) return { outcome: 'missing', correlationId: error.correlationId }
    const other = isConflict(error) && values.email ? await contactWith(hubspot, values.email, error) : null
    if (other === null || other === contactId) throw error
    return await withoutEmail(hubspot, change, other)
  }
}

/** The contact that has the address: the conflict names it, or a read by e-mail finds it. */
async function contactWith(hubspot: HubSpot, email: string, conflict: HubSpotError): Promise<string | null> {
  return existingIdIn(conflict.body) ?? (await hubspot.contacts.find(email, 'email'))?.id ?? null
}

async function withoutEmail(hubspot: HubSpot, change: ContactChange, otherContactId: string): Promise<WriteOutcome> {
  const { email: _, ...rest } = change.values
  const written = await updateContact(hubspot, { ...change, values: rest })
  if (written.outcome !== 'written') return written
  const { message } = explanations.emailTaken(change.contactId, otherContactId)
  return { ...written, rejected: [...written.rejected, { field: 'email', reason: 'email-taken', message }] }
}
