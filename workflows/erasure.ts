// The end of a customer who is to be erased: gone from the CRM, then from Temporal, except for a tombstone.

import { histories } from './crm.ts'
import type { Customer } from './customer/customer.ts'
import type { Run } from './run.ts'
import { eraseContact, perform } from './steps.ts'

/** Never returns: the tombstone stays open for good, so that late events change nothing. */
export async function erase(customer: Customer, run: Run): Promise<never> {
  if (customer.state.erasure !== 'done') {
    customer.state.erasure = 'begun'
    await perform(eraseContact, customer, run)
    // The next run's state holds nothing personal.
    await run.continueAsNew()
  }
  for (;;) {
    await run.act(() => histories.deleteEarlierRuns())
    // A late event is personal data in this run's history, which is deleted as well then.
    await run.until(() => customer.intake.lateEvents > 0)
    await run.continueAsNew()
  }
}
