// Finds the contact that has an e-mail address, after HubSpot has answered with a conflict.

import type { ContactWithCompanies, HubSpot } from './client/client.ts'
import { addressesOf } from './client/responses.ts'
import { existingIdIn } from './client/conflict.ts'
import type { HubSpotError } from './client/hubspot-error.ts'

/**
 * The contact that the conflict names, if it has the address; else the one that a read by the address finds. The id in the
 * response is only a hint (G3). `null` when no contact that can be read has the address.
 */
export async function contactWithAddress(
  hubspot: HubSpot,
  email: string,
  conflict: HubSpotError,
): Promise<ContactWithCompanies | null> {
  const id = existingIdIn(conflict.body)
  const hinted = id === null ? null : await hubspot.contacts.findWithCompanies(id)
  if (hinted && addressesOf(hinted).includes(email)) return hinted
  const byAddress = await hubspot.contacts.findWithCompanies(email, 'email')
  return byAddress && addressesOf(byAddress).includes(email) ? byAddress : null
}
