// How Temporal starts the run of an onboarding.

import { defineSearchAttributeKey } from '@temporalio/common'
import { onboardingId } from '../../domain/ids.ts'
import type { Phase } from '../../domain/onboarding.ts'
import type { StoredState } from '../../workflows/customer/state.ts'
import type { RunSettings } from '../../workflows/messages.ts'

const PHASE = defineSearchAttributeKey('OnboardingPhase', 'KEYWORD')

interface NewOnboarding {
  taskQueue: string
  settings: RunSettings
  /** The phase in lists, until the workflow sets it. */
  phase: Phase
  /** The state of the last run. Absent when there was none, or when it is unknown. */
  state?: StoredState
}

/** The options of a start, for `signalWithStart` and for an update with start. */
export function startOf(customerId: string, { taskQueue, settings, phase, state }: NewOnboarding) {
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
