// Reads from the body of an error which properties HubSpot rejected. Any other text of such a body may be a customer's value.

import { isObject } from './json.ts'

/** A property that HubSpot rejected, and its code for the reason, such as INVALID_OPTION. */
export interface RejectedProperty {
  name: string
  code: string
}

const IN_MESSAGE = /^Property values were not valid: (\[.*\])/s

/** Each rejected property once. The body names them in `errors` and in a JSON array within its message. */
export function rejectedPropertiesIn(body: unknown): RejectedProperty[] {
  if (!isObject(body)) return []
  const named = [...errorsIn(body).map(fromError), ...rowsIn(body.message).map(fromRow)].filter((row) => row !== null)
  return named.filter(({ name }, index) => named.findIndex((other) => other.name === name) === index)
}

/** Whether the body is about the values of properties, even of some whose names cannot be read. */
export function isAboutValues(body: unknown): boolean {
  if (!isObject(body)) return false
  const isOfProperty = ({ context }: Record<string, unknown>) => isObject(context) && 'propertyName' in context
  return errorsIn(body).some(isOfProperty) || (typeof body.message === 'string' && /were not valid/.test(body.message))
}

function errorsIn({ errors }: Record<string, unknown>): Record<string, unknown>[] {
  return Array.isArray(errors) ? errors.filter(isObject) : []
}

function rowsIn(message: unknown): Record<string, unknown>[] {
  const rows = typeof message === 'string' ? IN_MESSAGE.exec(message)?.[1] : undefined
  try {
    const parsed: unknown = JSON.parse(rows ?? '[]')
    return Array.isArray(parsed) ? parsed.filter(isObject) : []
  } catch {
    return [] // HubSpot shortened the text; `errors` names the properties as well.
  }
}

function fromError({ context, code }: Record<string, unknown>): RejectedProperty | null {
  const name: unknown = isObject(context) ? [context.propertyName].flat()[0] : undefined
  return isPropertyName(name) ? { name, code: codeOf(code) ?? 'INVALID' } : null
}

function fromRow({ name, error }: Record<string, unknown>): RejectedProperty | null {
  return isPropertyName(name) ? { name, code: codeOf(error) ?? 'INVALID' } : null
}

/** A name of a HubSpot property. It is logged, so any other text is excluded: it may be a customer's value. */
function isPropertyName(name: unknown): name is string {
  return typeof name === 'string' && /^[a-z0-9_]{1,100}$/i.test(name)
}

/** One of HubSpot's codes. A text that is longer or has other letters is no code, and may hold personal data. */
export function codeOf(word: unknown): string | null {
  return typeof word === 'string' && /^[A-Z0-9_]{1,64}$/.test(word) ? word : null
}
