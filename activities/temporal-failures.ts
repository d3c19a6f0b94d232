// Reports the errors of a CRM in Temporal's terms.

import { ApplicationFailure, ApplicationFailureCategory } from '@temporalio/common'
import { explanations } from '../domain/attention.ts'
import { CRM_REJECTION, CrmFailure } from '../domain/failures.ts'
import type { CrmRejection } from '../domain/failures.ts'
import type { FailedAttempt, NOT_LOCAL, TAKES_LONG } from '../domain/step-call.ts'

/** Ends the retries. The SDK logs this failure at DEBUG only, since the parked customer gets a line of the log. */
export function rejection(error: CrmRejection, isUnanswered: boolean): ApplicationFailure {
  const { message } = error
  const details = { ...error.rejection, ...(isUnanswered && { unanswered: true as const }) }
  const category = ApplicationFailureCategory.BENIGN
  return ApplicationFailure.create({ type: CRM_REJECTION, message, nonRetryable: true, details: [details], category })
}

/** Has a regular activity retried. */
export function retried({
  type,
  message,
  details,
  retryAfterMs,
}: Pick<FailedAttempt, 'type' | 'message' | 'details' | 'retryAfterMs'>): ApplicationFailure {
  return ApplicationFailure.create({
    type,
    message,
    details: [details],
    ...expected(type),
    ...(retryAfterMs !== null && { nextRetryDelay: retryAfterMs }),
  })
}

/** Ends a local activity. The step goes on as a regular activity, which gets this failure as its first attempt. */
export function failedLocally({
  type,
  message,
  details,
  retryAfterMs,
  isUnanswered,
  retryLimit,
}: CrmFailure): ApplicationFailure {
  const attempt: FailedAttempt = {
    type,
    message,
    details,
    retryAfterMs,
    isUnanswered,
    isCounted: retryLimit !== null,
  }
  return ApplicationFailure.create({ type, message, nonRetryable: true, details: [attempt], ...expected(type) })
}

/** Ends a local activity, so that a regular one goes on. */
export function goesOn(type: typeof NOT_LOCAL | typeof TAKES_LONG, message: string): ApplicationFailure {
  const category = ApplicationFailureCategory.BENIGN
  return ApplicationFailure.create({ type, message, nonRetryable: true, category })
}

/** A failure of the CRM is expected and retried, so Temporal logs no warning for each customer. */
function expected(type: string): { category?: ApplicationFailureCategory } {
  return type === UNEXPECTED ? {} : { category: ApplicationFailureCategory.BENIGN }
}

const UNEXPECTED = 'Unexpected'
const DAY_MS = 24 * 60 * 60 * 1000

/** The text of an unexpected error may hold personal data, so only the name of the error reaches Temporal (G11). */
export function unexpected(error: unknown): CrmFailure {
  return new CrmFailure(`Unexpected: ${error instanceof Error ? error.name : 'no error'}`, {
    type: UNEXPECTED,
    retryAfterMs: null,
    retryLimit: {
      aloneMs: DAY_MS,
      rejection: { ...explanations.unexpectedAlone(), fields: [], correlationId: null },
    },
    details: { answeredBy: 'onramp', status: null, category: null, correlationId: null },
    // Nobody knows how far the call came.
    isUnanswered: true,
  })
}
