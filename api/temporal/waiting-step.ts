// The step that a customer waits for: the workflow knows which, and Temporal's pending activity knows the attempts.

import type { Client, WorkflowExecutionDescription } from '@temporalio/client'
import { ApplicationFailure, TimeoutFailure } from '@temporalio/common'
import { decodeOptionalFailureToOptionalError } from '@temporalio/common/lib/internal-non-workflow/index.js'
import { optionalTsToDate } from '@temporalio/common/lib/time.js'
import type { FailureDetails } from '../../domain/failures.ts'
import type { PendingStep, Waiting } from '../../domain/onboarding-status.ts'
import { STEP_OF_ACTIVITY } from '../../domain/step-call.ts'

type PendingActivity = NonNullable<WorkflowExecutionDescription['raw']['pendingActivities']>[number]

// Temporal's enum values of a pending activity that no worker has at present: scheduled, paused.
const SCHEDULED = 1
const PAUSED = 4

/**
 * Returns what the customer waits for: a step that has failed, or is not done for some seconds. `null` for a step whose first
 * attempt has just begun, and for none.
 *
 * @param pendingStep as the workflow knows it
 */
export async function waitingOf(
  client: Client,
  { workflowId, raw }: Pick<WorkflowExecutionDescription, 'workflowId' | 'raw'>,
  pendingStep: PendingStep | null,
): Promise<Waiting | null> {
  if (pendingStep === null) return null
  const { step, since, isLate } = pendingStep
  // The two answers are some milliseconds apart, so that the activity may be one of another step.
  const activity = (raw.pendingActivities ?? []).find((each) => stepOf(each) === step)
  if (activity === undefined || (!activity.lastFailure && !isLate)) return null

  const isAtRest = activity.state === SCHEDULED || activity.state === PAUSED
  const attempt = activity.attempt ?? 1
  return {
    step,
    since,
    attempts: isAtRest ? attempt - 1 : attempt,
    nextAttemptAt: activity.state === SCHEDULED ? nextAttemptAt(activity) : null,
    ...(activity.state === PAUSED ? BY_HAND : await lastAnswer(client, workflowId, activity)),
  }
}

type Answer = Pick<Waiting, 'answeredBy' | 'status' | 'category' | 'message'>

const NOBODY = { answeredBy: null, status: null, category: null }
const NO_ANSWER: Answer = { ...NOBODY, message: 'No attempt has had an answer so far.' }
const BY_HAND: Answer = {
  ...NOBODY,
  answeredBy: 'temporal',
  message: 'Somebody has paused the activity in Temporal. It continues once it is unpaused there.',
}

async function lastAnswer(client: Client, workflowId: string, activity: PendingActivity): Promise<Answer> {
  const { namespace, loadedDataConverter } = client.options
  const error = await decodeOptionalFailureToOptionalError(loadedDataConverter, activity.lastFailure, {
    type: 'activity',
    namespace,
    workflowId,
    isLocal: false,
    ...(activity.activityId && { activityId: activity.activityId }),
  })
  if (error === undefined) return NO_ANSWER
  const { message } = error
  if (error instanceof TimeoutFailure) {
    return { ...NOBODY, answeredBy: 'temporal', message: 'The worker of the last attempt gave no sign of life.' }
  }
  const details = error instanceof ApplicationFailure ? (error.details?.[0] as FailureDetails | undefined) : undefined
  if (details?.answeredBy === undefined) return { ...NOBODY, answeredBy: 'temporal', message }
  const { answeredBy, status, category } = details
  return { answeredBy, status, category, message }
}

function stepOf({ activityType }: PendingActivity) {
  return STEP_OF_ACTIVITY[activityType?.name as keyof typeof STEP_OF_ACTIVITY]
}

function nextAttemptAt({ nextAttemptScheduleTime, scheduledTime }: PendingActivity): string | null {
  return optionalTsToDate(nextAttemptScheduleTime ?? scheduledTime)?.toISOString() ?? null
}
