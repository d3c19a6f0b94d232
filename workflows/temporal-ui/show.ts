// What operators see of a customer in Temporal, kept true beside the story.

import { isCancellation } from '@temporalio/workflow'
import { keepDetails } from './current-details.ts'
import type { Customer } from '../customer/customer.ts'
import { keepSearchAttributes } from './search-attributes.ts'

/** Starts what runs for as long as the workflow does; nobody waits for it, and it ends with a cancelled workflow. */
export function show(customer: Customer): void {
  Promise.all([keepDetails(customer), keepSearchAttributes(customer)]).catch((error: unknown) => {
    if (!isCancellation(error)) throw error
  })
}
