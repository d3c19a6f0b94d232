// Limits of what a sender may send, so that an onboarding's state stays under 64 KiB (G8). The limits of fields are in fields.ts.

/** The longest body that is read; an event with every field at its longest is below 10 KiB. */
export const BODY_LIMIT_BYTES = 64 * 1024

/** Longest event id and longest company id of the product. */
export const ID_LIMIT = 256

/** The name of an operator token. It travels with each command into the customer's timeline. */
export const OPERATOR_NAME = /^[A-Za-z0-9._-]{1,40}$/

/** How far ahead of onramp's clock the time of an event may be, since clocks differ. */
export const CLOCK_DIFFERENCE_MS = 10 * 60 * 1000

/** True when a text has no control character and no half of a surrogate pair. In JSON each of those takes up to six bytes. */
export function isPlainText(text: string): boolean {
  return text.isWellFormed() && !/\p{Cc}/u.test(text)
}

/**
 * True when a text can be an id. Besides control characters, an id has no format characters (such as U+200B and U+202E) and no
 * separators of lines or paragraphs: with them, two ids could look the same.
 */
export function isPlainId(text: string): boolean {
  return isPlainText(text) && !/[\p{Cf}\p{Zl}\p{Zp}]/u.test(text)
}

/** The longest body with payloads to decode: Temporal's largest payloads, 2 MiB, in base64. */
export const DECODE_LIMIT_BYTES = 4 * 1024 * 1024
