// Clips texts that HubSpot users have entered: onramp stores them in state and history, and both are bounded (G8).

import { FIELDS } from '../../domain/fields.ts'

/**
 * One character more than the longest value of a field, and more than the longest key of a company (523). So a clipped text equals
 * no value of the product.
 */
export const READ_LIMIT = Math.max(...Object.values(FIELDS).map(({ limit }) => limit)) + 1

/** Returns at most `limit` characters of the text. A surrogate pair that does not fit whole becomes U+FFFD. */
export function clipped(text: string, limit: number = READ_LIMIT): string {
  return text.length > limit ? text.slice(0, limit).toWellFormed() : text
}
