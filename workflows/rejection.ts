// What HubSpot refuses for good, as a value.

import { ActivityFailure, ApplicationFailure, isCancellation } from '@temporalio/workflow'
import type { Refusal } from '../domain/failures.ts'

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
