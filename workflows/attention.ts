// Parking: what HubSpot refuses for good waits here for a person or a better value, and nothing else waits with it (G9).

import type { Values } from '../domain/crm.ts'
import type { Step } from '../domain/onboarding.ts'
import { writeChanges } from './changes.ts'
import type { Customer } from './customer.ts'
import { refusalOf } from './refusal.ts'
import type { Run } from './run.ts'

/**
 * Tries a step once with what is known now, and parks it when it is refused. For one that is parked, maybe by an earlier
 * run, it only waits, with the records that are there kept in sync; then it is for the caller to see whether it is still
 * to be done.
 */
export async function attempt<Draft extends { values: Values }>(
  customer: Customer,
  run: Run,
  step: Step,
  draftOf: () => Draft,
  act: (draft: Draft) => Promise<void>,
): Promise<void> {
  if (customer.isParked(step)) {
    await run.until(() => !customer.isParked(step) || customer.hasChanges)
    return await writeChanges(customer, run)
  }
  const draft = draftOf()
  const refusal = await run.act(() => refusalOf(async () => await act(draft)))
  if (refusal) customer.park(step, refusal, draft.values)
}
