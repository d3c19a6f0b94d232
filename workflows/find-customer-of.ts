// Asks the CRM which customer a contact belongs to, for an operator who knows only an e-mail address or the CRM's id.

import type { CustomerOfContact, SoughtContact } from '../domain/crm.ts'
import { askOnce } from './ask-once.ts'
import { assertReadable } from './readable-input.ts'

/** `unavailable`: the CRM did not say. */
export type FoundCustomerOf = Pick<CustomerOfContact, 'customerId'> | 'unavailable'

/** The address is only in the input: ids and search attributes are not encrypted (G11). */
export async function findCustomerOf(contact: SoughtContact): Promise<FoundCustomerOf> {
  assertReadable(contact)
  const answer = await askOnce('findCustomerOf', contact)
  return typeof answer === 'string' ? 'unavailable' : { customerId: answer.customerId }
}
