// The messages of an onboarding: the product's events are signals, operators' commands are updates, and the status is a query.

import { defineQuery, defineSignal, defineUpdate } from '@temporalio/workflow'
import type { AttentionReason } from '../domain/attention.ts'
import type { CustomerDetails } from '../domain/events.ts'
import type { OnboardingStatus } from '../domain/onboarding-status.ts'

/** Settings of an onboarding, given at its start. */
export interface RunSettings {
  /** Days without an event after which an onboarded customer's workflow completes; `null` never completes it. */
  idleDays?: number | null
  /** Length of the history, in events, at which the run continues as new. */
  continueAsNewAtEvents?: number
}

/** An event of the product. `id` identifies a repeated event; `at`, in milliseconds since the epoch, decides which value is newest. */
export interface EventSignal {
  id: string
  at: number
  customer: CustomerDetails
}

// Each type of event is a signal of its own. So an older worker can keep an unknown signal for a newer worker (handlers.ts).
export const customerRegistered = defineSignal<[EventSignal]>('customerRegistered')
export const customerUpdated = defineSignal<[EventSignal]>('customerUpdated')

/** The customer is to be erased; the event's `customer` is empty. */
export const customerErased = defineSignal<[EventSignal]>('customerErased')

/**
 * Resumes what is parked for this reason. It is a signal, since Temporal can send a signal to many onboardings at once. It has no
 * effect on an onboarding where nothing is parked for the reason.
 */
export const attentionResumed = defineSignal<[AttentionReason]>('attentionResumed')

/** A new version of the workers was deployed: the run continues as new, which starts the next run on that version. */
export const versionDeployed = defineSignal('versionDeployed')

/** Tries again what is parked. Rejected with the failure type `nothing-parked` when nothing is. */
export const resume = defineUpdate<void, []>('resume')

/** Corrects values, then resumes. Rejected like `resume`, or with `invalid-correction` when it holds no value of a customer. */
export const correct = defineUpdate<void, [CustomerDetails]>('correct')

/** Writes every value again, even over changes of HubSpot users, then the association. Rejected with `erased` after an erasure. */
export const resync = defineUpdate<void, []>('resync')

export const onboardingStatus = defineQuery<OnboardingStatus>('onboardingStatus')
