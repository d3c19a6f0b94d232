// After the onboarding: waits for events and writes what changed, until the customer is idle or a record is to be re-created.

import type { Customer } from './customer/customer.ts'
import type { Run } from './run.ts'
import { writeChanges, writeWatermark } from './steps.ts'

/** `idle`: there was nothing to write for the idle time. `incomplete`: the company, the contact or the association is missing. */
export async function keepInSync(customer: Customer, run: Run): Promise<'idle' | 'incomplete'> {
  run.onboarded()
  while (customer.association.isComplete) {
    await run.untilIdle(() => customer.hasWork)
    // A parked customer waits for an operator, and a record may still have to be read back. Neither is idle.
    if (customer.isIdle) {
      if (customer.state.unknownSignals.length === 0) {
        await writeWatermark(customer, run)
        if (customer.isIdle) return 'idle'
        continue
      }
      // The next run may be on a version that knows the stored signals; a completed run would lose them (G1).
      await run.continueAsNew()
    }

    await writeChanges(customer, run)
    customer.association.resynced()
  }
  return 'incomplete'
}
