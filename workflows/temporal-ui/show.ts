// Shows operators in the Temporal UI where the customer is.

import { setCurrentDetails } from '@temporalio/workflow'
import type { Customer } from '../customer/customer.ts'
import { reportProgress } from '../reports.ts'
import { detailsOf } from './current-details.ts'
import { updateSearchAttributes } from './search-attributes.ts'

/** Call it before the run waits: for an event, for a time, or for a regular activity. Nobody sees what is between two waits. */
export function showInTemporal(customer: Customer): void {
  setCurrentDetails(detailsOf(customer))
  updateSearchAttributes(customer)
  reportProgress(customer)
}
