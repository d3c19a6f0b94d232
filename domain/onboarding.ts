// The names by which people speak of onboardings: phases, steps, attention reasons. Plain constants, since workflows have them too.

import type { Attention } from './onboarding-status.ts'

/** Where a customer is. The names are shown to people and used in searches, so they never change. */
export const PHASES = ['awaiting-registration', 'company', 'contact', 'association', 'onboarded', 'erased'] as const
export type Phase = (typeof PHASES)[number]

/** What the onboarding does with the CRM, in this order; a parked customer is parked at one of these. */
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

/** Why a customer is parked; docs/errors.md says what to do about each. */
export const ATTENTION_REASONS = [
  'contact-of-another-customer',
  'email-taken',
  'missing-in-hubspot',
  'refused-by-hubspot',
  'hubspot-unexplained',
] as const
export type AttentionReason = (typeof ATTENTION_REASONS)[number]

/** The search attributes by which operators find onboardings in Temporal, with their types. */
export const SEARCH_ATTRIBUTES = { OnboardingPhase: 'Keyword', OnboardingAttention: 'KeywordList' } as const

/**
 * What stands in `OnboardingAttention`: each reason, by which people search, and each `reason@step`, by which customers
 * are counted, since Temporal cannot tell which of several reasons belongs to which step.
 */
export function attentionKeywords(parked: Pick<Attention, 'reason' | 'step'>[]): string[] {
  return [...new Set(parked.flatMap(({ reason, step }) => [reason, attentionAt(reason, step)]))]
}

export function attentionAt(reason: AttentionReason, step: Step): string {
  return `${reason}@${step}`
}

/** The reasons among the keywords of `OnboardingAttention`. */
export function reasonsIn(keywords: string[]): AttentionReason[] {
  return ATTENTION_REASONS.filter((reason) => keywords.includes(reason))
}
