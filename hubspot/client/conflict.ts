// Reads the existing contact's id from the body of a conflict. The result is digits or `null`, never a guess (G3).

import { isObject, parsedOrText } from './json.ts'
import { isAboutValues } from './rejected-properties.ts'

/**
 * Reads every known form of the body, which HubSpot has changed over the years, and never throws. Each pattern includes the
 * words around the id, since an e-mail address or a date in the text may hold digits as well. A body about rejected values
 * quotes the customer's text, so no id is read from it.
 */
export function existingIdIn(body: unknown): string | null {
  const envelope = parsed(body)
  if (!isObject(envelope)) return idInText(envelope)
  if (isAboutValues(envelope)) return null

  const errors = Array.isArray(envelope.errors) ? envelope.errors.filter(isObject) : []
  const places = [envelope, ...errors]
  return (
    first(places, ({ context }) => (isObject(context) ? digits([context.existingId].flat()[0]) : null)) ??
    first(places, ({ message }) => idInText(message)) ??
    // The API of 2019 returned the whole profile.
    (isObject(envelope.identityProfile) ? digits(envelope.identityProfile.vid) : null)
  )
}

/** The record that has the value of a unique property, as HubSpot's message says it; `null` for any other body. */
export function ownerOfTakenValueIn(body: unknown): string | null {
  const envelope = parsed(body)
  return isObject(envelope) && !isAboutValues(envelope) ? ownerInText(envelope.message) : null
}

function idInText(text: unknown): string | null {
  if (typeof text !== 'string') return null
  return digits(/\bExisting ID:\s*(\d+)\b/i.exec(text)?.[1]) ?? ownerInText(text)
}

/**
 * HubSpot writes `Cannot set PropertyValueCoordinates{…, value=<value>} on <new id>. <existing id> already has that value.` The
 * value may hold the same words, so the id is read from the end of the text.
 */
function ownerInText(text: unknown): string | null {
  if (typeof text !== 'string') return null
  return digits(
    /^Cannot set PropertyValueCoordinates\{.*\} on \d+\. (\d+) already has that value\.?\s*$/s.exec(text)?.[1],
  )
}

/** HubSpot's ids have 2 to about 12 digits today. onramp asks for no id of more than 20 digits. */
function digits(value: unknown): string | null {
  if (typeof value === 'number') return Number.isSafeInteger(value) && value > 0 ? String(value) : null
  return typeof value === 'string' && /^\d{1,20}$/.test(value) ? value : null
}

function first<T>(places: T[], read: (place: T) => string | null): string | null {
  for (const place of places) {
    const id = read(place)
    if (id !== null) return id
  }
  return null
}

/** A body may be JSON in a string, or in a string within a string. */
function parsed(body: unknown, depth = 2): unknown {
  return typeof body === 'string' && depth > 0 ? parsed(parsedOrText(body), depth - 1) : body
}
