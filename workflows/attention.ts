// Parking: what HubSpot refuses for good waits here for a person or a better value, and nothing else waits with it (G9).

import type { Values } from '../domain/crm.ts'
import type { Step } from '../domain/onboarding.ts'
import { writeChanges } from './changes.ts'
import type { Customer } from './customer/customer.ts'
import { refusalOf } from './rejection.ts'
import type { Run } from './run.ts'

/**
 * Tries a step until it is done, with what is known each time; a refusal parks it. While it is parked, maybe by an earlier
 * run, the records that are there are kept in sync. Ends as well when the step is no longer to be done.
 */
export async function pursue<Draft extends { values: Values }>(
  customer: Customer,
  run: Run,
  step: Step,
  isToDo: () => boolean,
  draftOf: () => Draft,
  act: (draft: Draft) => Promise<void>,
): Promise<void> {
  while (isToDo()) {
    if (customer.isParked(step)) {
      await run.until(() => !isToDo() || !customer.isParked(step) || customer.hasChanges)
      await writeChanges(customer, run)
      continue
    }
    const draft = draftOf()
    const { firm } = customer
    const refusal = await run.act(() => refusalOf(async () => await act(draft)))
    if (refusal) customer.park(step, refusal, draft.values, firm)
  }
}
