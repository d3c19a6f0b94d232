// Reads the existing contact's id from the body of a conflict. The result is digits or `null`, never a guess (G3).

/**
 * Reads every known form of the body, which HubSpot has changed over the years, and never throws. Each pattern includes the
 * words around the id, since an e-mail address or a date in the text may hold digits as well.
 */
export function existingIdIn(body: unknown): string | null {
  const envelope = parsed(body)
  if (!isObject(envelope)) return idInText(envelope)

  const errors = Array.isArray(envelope.errors) ? envelope.errors.filter(isObject) : []
  const places = [envelope, ...errors]
  return (
    first(places, ({ context }) => (isObject(context) ? digits([context.existingId].flat()[0]) : null)) ??
    first(places, ({ message }) => idInText(message)) ??
    // The API of 2019 returned the whole profile.
    (isObject(envelope.identityProfile) ? digits(envelope.identityProfile.vid) : null)
  )
}

function idInText(text: unknown): string | null {
  if (typeof text !== 'string') return null
  const id = /\bExisting ID:\s*(\d+)\b/i.exec(text)?.[1] ?? /(?<![\w.@+-])(\d+) already has that value/i.exec(text)?.[1]
  return digits(id)
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
  if (typeof body !== 'string' || depth === 0) return body
  try {
    return parsed(JSON.parse(body), depth - 1)
  } catch {
    return body
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}
