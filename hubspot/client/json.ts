// JSON from HubSpot, of which nothing is certain: a body may be of any form, or be JSON in a string.

/** The parsed text, or the text itself when it is not JSON. */
export function parsedOrText(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}
