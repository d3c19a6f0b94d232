// One contact per customer in HubSpot: created, our own from a lost answer, or the existing one that a conflict points to (G2, G3).

import type { ContactDraft, ContactOutcome, Traced } from '../domain/crm.ts'
import { isOfAnother, ofCustomer, ownerOf } from './contact-owner.ts'
import { contactBehind, takeOver } from './existing-contact.ts'
import type { HubSpot, HubSpotRecord } from './client/client.ts'
import { isConflict, unlessMissing } from './client/errors.ts'
import { HubSpotError } from './client/hubspot-error.ts'
import { contactField, contactProperties, CUSTOMER_ID, LAST_EVENT_AT } from './properties.ts'
import { withoutRefused } from './rejected-values.ts'
import { settled } from './replication.ts'

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
 * Erases the contact that is known, also when people have deleted it, and whichever carries the customer's id: people may
 * have merged the known one away, or made another. Who is not there needs no erasing; a call that was cut for the erasure
 * may still be under way in HubSpot, so who is not there is looked for once more. A contact that people have merged into
 * another customer's is not this one's to erase any more (G3).
 */
export async function eraseContact(
  hubspot: HubSpot,
  { customerId, contactId }: { customerId: string; contactId: string | null },
): Promise<Traced> {
  const known =
    contactId === null
      ? null
      : ((await hubspot.contacts.find(contactId)) ?? (await hubspot.contacts.findDeleted(contactId)))
  const anothers = known && isOfAnother(known, customerId) ? known : null
  const own = anothers ? null : known

  const find = async () => await hubspot.contacts.find(customerId, CUSTOMER_ID)
  const marked = (await find()) ?? (own ? null : await settled().then(find))

  let correlationId: string | null = null
  for (const id of new Set([own?.id, marked?.id])) {
    if (id !== undefined) correlationId = await unlessMissing(() => hubspot.erasure.eraseContact(id))
  }
  return { correlationId, ...(anothers && { remark: leftTo(anothers) }) }
}

function leftTo(contact: HubSpotRecord): string {
  const owner = ofCustomer(ownerOf(contact))
  return `people merged it into contact ${contact.id}, which is ${owner} and left as it is; what is there of this one is for a person to remove`
}
