// After the onboarding: wait for news, write what changed, for as long as the customer lives.

import { writeChanges } from './changes.ts'
import type { Customer } from './customer/customer.ts'
import type { Run } from './run.ts'

/** Ends when the customer has been quiet for long, or when a record is to be made again. */
export async function keepInSync(customer: Customer, run: Run): Promise<'quiet' | 'incomplete'> {
  while (customer.isComplete) {
    const hasNews = await run.untilOrQuiet(() => customer.hasWork)
    // A parked customer is not quiet, but waiting.
    if (!hasNews && customer.state.parked.length === 0) return 'quiet'

    await writeChanges(customer, run)
    customer.resynced()
  }
  return 'incomplete'
}
