// Erases a customer in HubSpot: the contact, and the company that is this customer's alone.

import type { ErasedCustomer, ErasureOutcome } from '../domain/crm.ts'
import type { HubSpot } from './client/client.ts'
import type { HubSpotRecord } from './client/responses.ts'
import { nullIfMissing } from './client/errors.ts'
import { customerCompanyKey } from './company-key.ts'
import { belongsToAnother, describeCustomer, customerIdOn } from './contact-customer.ts'
import { COMPANY_KEY, CUSTOMER_ID, isClaimed } from './properties.ts'
import { waitForReplication } from './replication.ts'

/**
 * Erases the contact with the stored id, even a deleted one, and the contact that carries the customer's id. It looks twice, since
 * a record that was created a moment ago may be found late. HubSpot users may have merged the contact into another customer's,
 * which is never erased (G3).
 */
export async function eraseContact(hubspot: HubSpot, customer: ErasedCustomer): Promise<ErasureOutcome> {
  const { customerId, contactId, formerContactIds, ownCompany, look } = customer
  const findByCustomerId = async () => {
    const contact = await hubspot.contacts.find(customerId, CUSTOMER_ID)
    return contact && customerIdOn(contact) === customerId ? contact : null
  }
  const found = await findByCustomerId()
  // The stored id usually belongs to the contact that carries the customer's id. It is read only when it belongs to another contact.
  const stored = await storedContact(hubspot, contactId, found)
  const anothers = stored && belongsToAnother(stored, customerId) ? stored : null
  const own = anothers ? null : stored
  const claimed = found ?? (own ? null : await waitForReplication().then(findByCustomerId))

  // After the first look, only a late claim can put the customer's id on a contact of HubSpot users. It has written nothing else,
  // and the contact may be another customer's by now.
  const isLateClaim = look === 'further' && claimed !== null && claimed.id !== contactId && isClaimed(claimed)
  if (isLateClaim) await hubspot.contacts.update(claimed.id, { [CUSTOMER_ID]: '' })

  let correlationId: string | null = null
  const former = await formerContacts(hubspot, customerId, formerContactIds)
  const present = [own?.id, isLateClaim ? undefined : claimed?.id, ...former]
  const erased = new Set(present.filter((id) => id !== undefined))
  for (const id of erased) correlationId = await nullIfMissing(() => hubspot.contacts.erase(id))

  const archived = ownCompany === 'none' ? null : await archiveOwnCompany(hubspot, customerId, erased)
  const notes = [
    ...(anothers ? [leftTo(anothers)] : []),
    ...(isLateClaim ? [unclaimed(claimed)] : []),
    ...(archived ? [`company ${archived} was archived`] : []),
  ]
  return {
    outcome: outcomeOf(erased.size > 0 || archived !== null, anothers !== null || isLateClaim),
    correlationId,
    callTimeoutMs: hubspot.timeoutMs,
    ...(notes.length > 0 && { note: notes.join('; ') }),
  }
}

function outcomeOf(isErased: boolean, isLeft: boolean): ErasureOutcome['outcome'] {
  if (isErased) return 'erased'
  return isLeft ? 'left' : 'nothing'
}

async function storedContact(
  hubspot: HubSpot,
  contactId: string | null,
  found: HubSpotRecord | null,
): Promise<HubSpotRecord | null> {
  if (contactId === null) return null
  if (found?.id === contactId) return found
  return (await hubspot.contacts.find(contactId)) ?? (await hubspot.contacts.findDeleted(contactId))
}

/**
 * Archives the company that stands for this customer alone. A company of HubSpot users stays, and so does one that they have
 * associated with another contact. Returns its id; `null` when there is none.
 */
async function archiveOwnCompany(hubspot: HubSpot, customerId: string, erased: Set<string>): Promise<string | null> {
  const key = customerCompanyKey(customerId)
  const company = await hubspot.companies.find(key, COMPANY_KEY)
  if (!company || company.properties[COMPANY_KEY] !== key || isClaimed(company)) return null
  const contacts = await hubspot.associations.contactsOf(company.id)
  if (contacts.some((id) => !erased.has(id))) return null
  await nullIfMissing(() => hubspot.companies.archive(company.id))
  return company.id
}

/** The contacts that HubSpot users deleted and can still restore. */
async function formerContacts(hubspot: HubSpot, customerId: string, ids: string[]): Promise<string[]> {
  const contacts = await Promise.all(ids.map((id) => hubspot.contacts.findDeleted(id)))
  return contacts.flatMap((contact) => (contact && !belongsToAnother(contact, customerId) ? contact.id : []))
}

function unclaimed({ id }: HubSpotRecord): string {
  return `a late claim of contact ${id} was undone; the contact is of HubSpot users and was not erased`
}

function leftTo(contact: HubSpotRecord): string {
  const owner = describeCustomer(customerIdOn(contact))
  return `HubSpot users merged it into contact ${contact.id} of ${owner}, which onramp does not erase; remove this customer’s data from it by hand`
}
