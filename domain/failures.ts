// The names of the failures that cross Temporal, and what the final one carries.

import type { AttentionReason } from './onboarding.ts'

/** The CRM refused for good: the customer is parked until a person or a new event changes something (G9). */
export const REFUSED = 'HubSpotRefused'

/** The details of a refusal. It names fields, never their values: failure details show in the Temporal UI and in logs (G11). */
export interface Refusal {
  reason: AttentionReason
  /** For people: what is wrong and what to do. */
  message: string
  status: number | null
  category: string | null
  /** The fields that were refused, in the product's words, when the CRM named them. */
  fields: string[]
  correlationId: string | null
}
