// How long a customer's texts may be, so that an onboarding's state stays under 64 KiB whatever is sent (G8).

import type { Field } from './crm.ts'

// HubSpot takes longer ones. An e-mail address and a domain name cannot be longer than 254 and 253 (RFC 5321, RFC 1035).
const TEXT_LIMIT = 256
const LIMITS: { [field in Field]?: number } = {
  email: 254,
  website: 1024,
  'company.website': 1024,
  'company.domain': 253,
}

/** The longest body that is read; an event with every field at its longest is below 10 KiB. */
export const BODY_LIMIT_BYTES = 64 * 1024

/** Longest event id and longest company id of the product. */
export const ID_LIMIT = 256

/** The longest text of a field, in UTF-16 code units. */
export function limitOf(field: Field): number {
  return LIMITS[field] ?? TEXT_LIMIT
}

/** Whether a text holds neither control characters nor half a surrogate pair; JSON would blow each up to six bytes. */
export function isPlainText(text: string): boolean {
  return text.isWellFormed() && !/\p{Cc}/u.test(text)
}
