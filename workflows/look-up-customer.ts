// Asks the CRM whether it has a customer.

import { askOnce } from './ask-once.ts'
import { assertReadable } from './readable-input.ts'

/** `unavailable`: the CRM did not say. */
export type CustomerLookup = 'known' | 'unknown' | 'unavailable'

/** Says only whether the customer is there. */
export async function lookUpCustomer(customerId: string): Promise<CustomerLookup> {
  assertReadable(customerId)
  const answer = await askOnce('findCustomer', { customerId, company: null })
  if (answer === 'unavailable') return answer
  if (answer === 'of-another-customer') return 'unknown'
  return answer.outcome === 'found' ? 'known' : 'unknown'
}
