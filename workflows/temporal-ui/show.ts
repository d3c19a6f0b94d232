// What operators see of a customer in the Temporal UI, kept true beside the story.

import { isCancellation } from '@temporalio/workflow'
import type { Customer } from '../customer/customer.ts'
import { keepDetails } from './current-details.ts'
import { keepSearchAttributes } from './search-attributes.ts'

/** Starts loops that run for as long as the workflow does; nobody awaits them, and a cancelled workflow ends them. */
export function showInTemporal(customer: Customer): void {
  Promise.all([keepDetails(customer), keepSearchAttributes(customer)]).catch((error: unknown) => {
    if (!isCancellation(error)) throw error
  })
}
