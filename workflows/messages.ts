// The messages of an onboarding: events as signals, operators' commands as updates, questions as queries.

import { defineQuery, defineSignal, defineUpdate } from '@temporalio/workflow'
import type { AttentionReason } from '../domain/attention.ts'
import type { CustomerDetails } from '../domain/events.ts'
import type { OnboardingStatus } from '../domain/onboarding-status.ts'

/** How an onboarding is run, from its start on. */
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

// One signal per type of event: an older worker keeps a signal that it does not know for a newer one (handlers.ts).
export const customerRegistered = defineSignal<[EventSignal]>('customerRegistered')
export const customerUpdated = defineSignal<[EventSignal]>('customerUpdated')

/** The customer is to be erased; the event's `customer` is empty. */
export const customerErased = defineSignal<[EventSignal]>('customerErased')

/**
 * Resumes what is parked for this reason. A signal, since Temporal sends it to many onboardings at once; an onboarding where
 * nothing is parked for it accepts it without effect.
 */
export const attentionResumed = defineSignal<[AttentionReason]>('attentionResumed')

/** A new version of the workers was deployed: the run continues as new, which starts the next run on that version. */
export const versionDeployed = defineSignal('versionDeployed')

/** Tries again what is parked. Rejected with the failure type `nothing-parked` when nothing is. */
export const resume = defineUpdate<void, []>('resume')

/** Corrects values, then resumes. Rejected like `resume`, or with `invalid-correction` when it holds no value of a customer. */
export const correct = defineUpdate<void, [CustomerDetails]>('correct')

/** Writes everything again, over what HubSpot users changed, then the association. Rejected with `erased` after an erasure. */
export const resync = defineUpdate<void, []>('resync')

export const onboardingStatus = defineQuery<OnboardingStatus>('onboardingStatus')
