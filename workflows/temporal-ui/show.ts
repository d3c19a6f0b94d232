// Keeps up to date what operators see of a customer in the Temporal UI.

import { isCancellation } from '@temporalio/workflow'
import type { Customer } from '../customer/customer.ts'
import { keepDetails } from './current-details.ts'
import { keepSearchAttributes } from './search-attributes.ts'

/** Starts two loops that run until the workflow ends. */
export function showInTemporal(customer: Customer): void {
  Promise.all([keepDetails(customer), keepSearchAttributes(customer)]).catch((error: unknown) => {
    if (!isCancellation(error)) throw error
  })
}
