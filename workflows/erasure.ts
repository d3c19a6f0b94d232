// Erases the contact in the CRM, then the histories in Temporal. A run without personal data stays open as a tombstone.

import { histories } from './activities.ts'
import type { Customer } from './customer/customer.ts'
import type { Run } from './run.ts'
import { eraseContact, perform } from './steps.ts'

/** Never returns: the tombstone stays open, so that late events change nothing. */
export async function erase(customer: Customer, run: Run): Promise<never> {
  if (customer.state.erasure !== 'done') {
    customer.events.beginErasure()
    await perform(eraseContact, customer, run)
    // The next run's state holds nothing personal.
    await run.continueAsNew()
  }
  for (;;) {
    await run.call(() => histories.deleteEarlierRuns())
    // A late event leaves personal data in this run's history. The next run deletes that history.
    await run.until(() => customer.events.lateEvents > 0)
    await run.continueAsNew()
  }
}
