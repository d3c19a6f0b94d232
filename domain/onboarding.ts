// The names by which operators speak of onboardings: phases, steps, search attributes. Constants only, since workflows use them.

/** Where a customer is. Operators see and search these names, so they never change. */
export const PHASES = [
  'awaiting-registration',
  'company',
  'contact',
  'association',
  'onboarded',
  'erasing',
  'erased',
] as const
export type Phase = (typeof PHASES)[number]

/** Whether a customer in this phase is erased, or is being erased. */
export function isErasure(phase: string | undefined): boolean {
  return phase === 'erasing' || phase === 'erased'
}

/** The steps of an onboarding. A step that blocks more comes earlier; the status lists what is parked in this order. */
export const STEPS = [
  'lookup',
  'erasure',
  'company',
  'contact',
  'association',
  'company-update',
  'contact-update',
] as const
export type Step = (typeof STEPS)[number]

/**
 * Says whether HubSpot has a field's newest value. `pending`: not sent yet. `written`: HubSpot has it. `kept`: the value of
 * HubSpot users stays. `skipped`: not sent, since a newer value is there, or the customer has left that organization.
 * `rejected`: HubSpot rejects it.
 */
export const FIELD_STATES = ['pending', 'written', 'kept', 'skipped', 'rejected'] as const
export type FieldState = (typeof FIELD_STATES)[number]

/** The signal with an `AssociationReview`, which workers send to onboardings. */
export const ASSOCIATIONS_REVIEWED = 'associationsReviewed'

/**
 * Who answered the last attempt of a step. `hubspot`: a response came, perhaps from a gateway in front of HubSpot. `temporal`: Temporal
 * ended the attempt, since its worker gave no sign of life. `onramp`: the worker sent nothing, or failed by itself.
 */
export const ANSWERED_BY = ['hubspot', 'temporal', 'onramp'] as const
export type AnsweredBy = (typeof ANSWERED_BY)[number]

/** The search attributes by which operators find onboardings in Temporal, with their types. `OnboardingWaiting` is a step. */
export const SEARCH_ATTRIBUTES = {
  OnboardingPhase: 'Keyword',
  OnboardingAttention: 'KeywordList',
  OnboardingWaiting: 'Keyword',
} as const
