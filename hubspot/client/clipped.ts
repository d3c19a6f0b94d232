// Clips what HubSpot users have entered: it enters the state and the history of an onboarding, which are bounded (G8).

import { FIELDS } from '../../domain/fields.ts'

/**
 * One character more than the longest value of a field, and more than the longest key of a company (523). So a clipped text equals
 * no value of the product.
 */
export const READ_LIMIT = Math.max(...Object.values(FIELDS).map(({ limit }) => limit)) + 1

/** The text, at most so long; half of a character at its end is replaced. */
export function clipped(text: string, limit: number = READ_LIMIT): string {
  return text.length > limit ? text.slice(0, limit).toWellFormed() : text
}
