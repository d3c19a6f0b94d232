// What may be said to an onboarding: facts as signals, orders from people as updates, questions as queries.

import { defineQuery, defineSignal, defineUpdate } from '@temporalio/workflow'
import type { CustomerDetails } from '../domain/customer.ts'
import type { OnboardingStatus } from '../domain/onboarding.ts'

/** A fact from the product. `id` tells repeats apart; `at`, in milliseconds since the epoch, decides which value is newest. */
export interface CustomerFact {
  id: string
  at: number
  customer: CustomerDetails
}

export const customerRegistered = defineSignal<[CustomerFact]>('customerRegistered')
export const customerUpdated = defineSignal<[CustomerFact]>('customerUpdated')

/** Tries again what was refused. Rejected with the failure type `nothing-parked` when nothing waits for a person. */
export const resume = defineUpdate<void, []>('resume')

export const onboardingStatus = defineQuery<OnboardingStatus>('onboardingStatus')
