// Limits of what a sender may send, so that an onboarding's state stays under 64 KiB (G8). The limits of fields are in fields.ts.

/** The longest body that is read; an event with every field at its longest is below 10 KiB. */
export const BODY_LIMIT_BYTES = 64 * 1024

/** Longest event id and longest company id of the product. */
export const ID_LIMIT = 256

/** True when a text has no control character and no half of a surrogate pair. In JSON each of those takes up to six bytes. */
export function isPlainText(text: string): boolean {
  return text.isWellFormed() && !/\p{Cc}/u.test(text)
}
