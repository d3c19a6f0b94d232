// What may be said to an onboarding: facts as signals, orders from people as updates, questions as queries.

import { defineQuery, defineSignal, defineUpdate } from '@temporalio/workflow'
import type { CustomerDetails } from '../domain/events.ts'
import type { OnboardingStatus } from '../domain/onboarding-status.ts'
import type { AttentionReason } from '../domain/onboarding.ts'

/** How an onboarding is run, from its start on. */
export interface RunSettings {
  /** Days without an event after which an onboarded customer is let go until the next one; `null` keeps them for ever. */
  idleDays?: number | null
  /** Length of history, in events, at which the run renews itself. */
  renewAtEvents?: number
}

/** A fact from the product. `id` tells repeats apart; `at`, in milliseconds since the epoch, decides which value is newest. */
export interface CustomerFact {
  id: string
  at: number
  customer: CustomerDetails
}

export const customerRegistered = defineSignal<[CustomerFact]>('customerRegistered')
export const customerUpdated = defineSignal<[CustomerFact]>('customerUpdated')

/** The customer is to be erased; the fact's `customer` says nothing. */
export const customerErased = defineSignal<[CustomerFact]>('customerErased')

/**
 * Tries again whatever waits for this reason. A signal, since Temporal sends it to many onboardings at once; an onboarding
 * where nothing waits for it takes it without effect.
 */
export const attentionResumed = defineSignal<[AttentionReason]>('attentionResumed')

/** A new version of the workers was deployed: the run hands over to a new one, which begins on that version. */
export const versionDeployed = defineSignal('versionDeployed')

/** Tries again what was refused. Rejected with the failure type `nothing-parked` when nothing waits for a person. */
export const resume = defineUpdate<void, []>('resume')

/** Corrects values, then resumes. Rejected like `resume`, or with `invalid-correction` when it holds no value of a customer. */
export const correct = defineUpdate<void, [CustomerDetails]>('correct')

/**
 * Writes everything that is known again, over whatever people changed in HubSpot, and associates again. Rejected with the
 * failure type `erased` for a customer who is.
 */
export const resync = defineUpdate<void, []>('resync')

export const onboardingStatus = defineQuery<OnboardingStatus>('onboardingStatus')
