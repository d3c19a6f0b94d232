// Turns a final rejection by the CRM into a value.

import { ActivityFailure, ApplicationFailure, isCancellation, TemporalFailure } from '@temporalio/workflow'
import { explanations } from '../domain/attention.ts'
import type { Rejection } from '../domain/failures.ts'

/** The rejection that ended a call to the CRM; `null` when the call succeeded. */
export async function rejectionOf(act: () => Promise<void>): Promise<Rejection | null> {
  try {
    await act()
    return null
  } catch (error) {
    if (isCancellation(error) || !(error instanceof TemporalFailure)) throw error
    // An activity may give up without a reason. That must not fail the workflow: a failed onboarding is a lost customer.
    return rejectionIn(error) ?? { ...explanations.withoutReason(), fields: [], correlationId: null }
  }
}

/** The rejection that a failed activity reports; `null` when it has failed for another reason. */
export function rejectionIn(error: TemporalFailure): Rejection | null {
  // The SDK wraps the failure of a regular activity, but not that of a local one.
  const cause = error instanceof ActivityFailure ? error.cause : error
  const details: unknown = cause instanceof ApplicationFailure ? cause.details?.[0] : undefined
  return isRejection(details) ? details : null
}

function isRejection(details: unknown): details is Rejection {
  return typeof details === 'object' && details !== null && 'reason' in details && 'fields' in details
}
