// The end of a customer who is to be erased: gone from HubSpot, then from Temporal, and a mark that stays.

import { pursue } from './attention.ts'
import { crm, histories } from './crm.ts'
import type { Customer } from './customer/customer.ts'
import type { Run } from './run.ts'

/** Never returns: the mark stays for good, so that late events are taken and change nothing. */
export async function layToRest(customer: Customer, run: Run): Promise<never> {
  if (customer.state.erasure !== 'done') {
    await eraseInCrm(customer, run)
    // The next run knows nothing personal any more.
    await run.renew()
  }
  for (;;) {
    await run.act(() => histories.deleteEarlierRuns())
    // A late event is personal data in this run's history, so that the history has to go once more.
    await run.until(() => customer.lateEvents > 0)
    await run.renew()
  }
}

async function eraseInCrm(customer: Customer, run: Run): Promise<void> {
  customer.state.erasure = 'begun'
  const isToDo = () => customer.phase !== 'erased'
  const noValues = () => ({ values: {} })
  await pursue(customer, run, 'erasure', isToDo, noValues, async () => {
    const { customerId, contact } = customer.state
    customer.erased(await crm.eraseContact({ customerId, contactId: contact?.contactId ?? null }))
  })
}
