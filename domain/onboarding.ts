// Everything a status page may say about a customer: phases, attention reasons, the timeline.

import type { Field } from './crm.ts'

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

/** One reason why a customer waits for a person. */
export interface Attention {
  reason: AttentionReason
  step: Step
  /** ISO 8601. */
  since: string
  /** What happened and what to do, free of personal data. */
  message: string
  /** The fields that were refused, in the product's words, when the CRM named them. */
  fields?: string[]
}

/**
 * One line of a customer's history, free of personal data. `at` is ISO 8601; `correlationId` finds the call in HubSpot's
 * logs; `remark` is something that a person may want to know about it.
 */
export interface TimelineEntry {
  at: string
  what: string
  outcome: string
  correlationId?: string
  remark?: string
}

/** What is known of one field, without its value: whether HubSpot has it, and the event time of it as ISO 8601. */
export interface FieldStatus {
  state: 'pending' | 'written' | 'refused'
  at: string | null
}

/** The answer to the query `onboardingStatus`. Times are ISO 8601, ids are HubSpot's. */
export interface OnboardingStatus {
  customerId: string
  phase: Phase
  /** The most blocking of `parked`. */
  attention: Attention | null
  parked: Attention[]
  hubspot: {
    contactId: string | null
    companyId: string | null
    contactUrl: string | null
    companyUrl: string | null
    contactOutcome: 'created' | 'existed' | null
    companyOutcome: 'created' | 'existed' | 'adopted' | null
  }
  fields: { [field in Field]?: FieldStatus }
  lastEventAt: string | null
  lastWrittenAt: string | null
  /** Signals that could not be understood: noted, without effect (G7). */
  malformedEvents: number
  timeline: TimelineEntry[]
}

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
