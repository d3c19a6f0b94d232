// Parking: what HubSpot refuses for good waits here for a person or a better value, and nothing else waits with it (G9).

import { ActivityFailure, ApplicationFailure, isCancellation } from '@temporalio/workflow'
import type { Values } from '../domain/crm.ts'
import type { Refusal } from '../domain/failures.ts'
import type { Step } from '../domain/onboarding.ts'
import type { Customer } from './customer.ts'
import type { Run } from './run.ts'

/**
 * Tries a step once with what is known now, and parks it when it is refused. A step that is parked, maybe by an earlier
 * run, waits first until it may be tried again.
 *
 * @param draftOf what the step is to tell the CRM, taken after the wait
 */
export async function attempt<Draft extends { values: Values }>(
  customer: Customer,
  run: Run,
  step: Step,
  draftOf: () => Draft,
  act: (draft: Draft) => Promise<void>,
): Promise<void> {
  await run.until(() => !customer.isParked(step))
  const draft = draftOf()
  const refusal = await refusalOf(async () => await act(draft))
  if (refusal) customer.park(step, refusal, draft.values)
}

/** What the CRM refused for good, `null` when it took everything. */
export async function refusalOf(act: () => Promise<void>): Promise<Refusal | null> {
  try {
    await act()
    return null
  } catch (error) {
    if (isCancellation(error) || !(error instanceof ActivityFailure)) throw error
    const refusal = error.cause instanceof ApplicationFailure ? error.cause.details?.[0] : undefined
    return isRefusal(refusal) ? refusal : UNEXPLAINED
  }
}

// Whatever gives up on retries without saying why must not fail the workflow: a failed onboarding would be a lost customer.
const UNEXPLAINED: Refusal = {
  reason: 'refused-by-hubspot',
  message: 'The step failed for good without a reason. The worker’s log and the Temporal history say more.',
  status: null,
  category: null,
  fields: [],
  correlationId: null,
}

function isRefusal(details: unknown): details is Refusal {
  return typeof details === 'object' && details !== null && 'reason' in details && 'fields' in details
}
