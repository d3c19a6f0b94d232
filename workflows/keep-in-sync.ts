// After the onboarding: waits for events and writes what changed, until the customer is idle or a record is to be re-created.

import type { Customer } from './customer/customer.ts'
import type { Run } from './run.ts'
import { writeChanges } from './steps.ts'

/** `idle`: there was nothing to write for the idle time. `incomplete`: the company, the contact or the association is missing. */
export async function keepInSync(customer: Customer, run: Run): Promise<'idle' | 'incomplete'> {
  while (customer.association.isComplete) {
    const hasWork = await run.untilIdle(() => customer.hasWork)
    // A parked customer waits for an operator, and is not idle.
    if (!hasWork && customer.parking.isEmpty) {
      if (customer.state.unknownSignals.length === 0) return 'idle'
      // The next run may be on a version that knows the stored signals; a completed run would lose them (G1).
      await run.continueAsNew()
    }

    await writeChanges(customer, run)
    customer.association.resynced()
  }
  return 'incomplete'
}
