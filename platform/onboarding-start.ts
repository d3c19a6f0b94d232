// How an onboarding starts: the options that Temporal gets from every process that starts one.

import { defineSearchAttributeKey } from '@temporalio/common'
import { onboardingId } from '../domain/ids.ts'
import type { Phase } from '../domain/onboarding.ts'

/** The search attribute that holds the phase. */
export const PHASE = defineSearchAttributeKey('OnboardingPhase', 'KEYWORD')

interface OnboardingStart<Settings extends object> {
  customerId: string
  taskQueue: string
  /** The phase in which the onboarding starts. */
  phase: Phase
  settings: Settings
  /** The state of an earlier run; absent for a new customer. */
  state?: object
}

/** The options of a call that starts an onboarding. */
export function onboardingStart<Settings extends object>({
  customerId,
  taskQueue,
  phase,
  settings,
  state,
}: OnboardingStart<Settings>) {
  return {
    workflowId: onboardingId(customerId),
    taskQueue,
    args: [{ customerId, settings, ...(state && { state }) }],
    typedSearchAttributes: [{ key: PHASE, value: phase }],
    staticSummary: `Onboarding of ${customerId}`,
    // After this time another worker gets the workflow tasks of a killed worker. A task ends within three seconds (workflows/run.ts).
    workflowTaskTimeout: '4 seconds' as const,
  }
}
