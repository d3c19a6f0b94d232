// The messages of an onboarding: the product's events are signals, operators' commands are updates, and the status is a query.

import { defineQuery, defineSignal, defineUpdate } from '@temporalio/workflow'
import type { AttentionReason } from '../domain/attention.ts'
import type { AssociationReview } from '../domain/crm.ts'
import type { CustomerDetails } from '../domain/events.ts'
import type { Field, Values } from '../domain/fields.ts'
import { ASSOCIATIONS_REVIEWED } from '../domain/onboarding.ts'
import type { OnboardingStatus } from '../domain/onboarding-status.ts'

/** Settings of an onboarding, given at its start. */
export interface RunSettings {
  /** Days without an event after which an onboarded customer's workflow completes; `null` never completes it. */
  idleDays?: number | null
  /** Hours after which a customer is parked whose updates wait for their registration. */
  registrationOverdueHours?: number
  /** Length of the history, in events, at which the run continues as new. */
  continueAsNewAtEvents?: number
}

/** An event of the product. `id` identifies a repeated event; `at`, in milliseconds since the epoch, decides which value is newest. */
export interface EventSignal {
  id: string
  at: number
  customer: CustomerDetails
  /** The names of the event's fields that onramp ignores, as one line for the timeline. */
  ignored?: string
}

// Each type of event is a signal of its own. So an older worker can keep an unknown signal for a newer worker (handlers.ts).
export const customerRegistered = defineSignal<[EventSignal]>('customerRegistered')
export const customerUpdated = defineSignal<[EventSignal]>('customerUpdated')

/** The customer is to be erased; the event's `customer` is empty. `by` is set when an operator asks for it. */
export const customerErased = defineSignal<[EventSignal & Partial<GivenBy>]>('customerErased')

/** Who gave a command: the name of the operator's token; `null` for a token without a name. Absent for a command by Temporal's CLI. */
export interface GivenBy {
  by: string | null
}

/** When a command was given, in milliseconds since the epoch; absent when an API of an earlier version sends it. */
export interface GivenAt {
  at?: number
}

/**
 * Resumes what is parked for this reason. It is a signal, since Temporal can send a signal to many onboardings at once. It has no
 * effect on an onboarding where nothing is parked for the reason.
 */
export const attentionResumed = defineSignal<[GivenBy & { reason: AttentionReason }]>('attentionResumed')

/** A worker has read the associations of the contact again, about a minute after it was associated, and has found something. */
export const associationsReviewed = defineSignal<[AssociationReview]>(ASSOCIATIONS_REVIEWED)

/** A new version of the workers was deployed: the run continues as new, which starts the next run on that version. */
export const versionDeployed = defineSignal('versionDeployed')

/**
 * Tries again what is parked, after corrections if there are any. Rejected with the failure type `nothing-parked` when nothing is,
 * and with those of `correct`.
 */
export const resume = defineUpdate<void, [(GivenBy & GivenAt & { customer?: CustomerDetails }) | undefined]>('resume')

/** The fields that a command has written, over what HubSpot has. */
export interface FieldsToWrite {
  fields: Field[]
}

/**
 * Writes corrected values, over those that HubSpot has, and tries again what is parked. Rejected with `erased` after an erasure, and
 * with `invalid-correction` when it holds no value of a customer.
 */
export const correct = defineUpdate<FieldsToWrite, [GivenBy & GivenAt & { customer: CustomerDetails }]>('correct')

/** Writes every value again, even over changes of HubSpot users, then the association. Rejected with `erased` after an erasure. */
export const resync = defineUpdate<FieldsToWrite, [GivenBy | undefined]>('resync')

/**
 * Lifts the erasure of an erased customer, as for somebody who comes back: the next event starts the customer from the beginning.
 * Rejected with `not-erased` when the customer is not erased, or is still being erased.
 */
export const liftErasure = defineUpdate<void, [GivenBy | undefined]>('liftErasure')

/**
 * The customer moves to another Temporal. The run cancels its calls and completes; its result is the state, which the run over there
 * starts with. A worker of an older version rejects it.
 */
export const leave = defineUpdate<void>('leave')

export const onboardingStatus = defineQuery<OnboardingStatus>('onboardingStatus')

/** The values themselves, for the console, which logs each look. No other part of the API asks for them (G11). */
export const customerValues = defineQuery<Values>('customerValues')
