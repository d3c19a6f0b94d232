// Reads a signal's payload of any shape: an event about a customer, or nothing (G7).

import { FIELD_NAMES, FIELDS } from '../../domain/fields.ts'
import type { Values } from '../../domain/fields.ts'
import type { AssociationReview } from '../../domain/crm.ts'
import { isNamesLine } from '../../domain/ignored-fields.ts'
import { ID_LIMIT, isPlainText, OPERATOR_NAME } from '../../domain/limits.ts'
import type { EventVersion } from './field-values.ts'

// A note about three companies has about 150 characters. It enters the timeline, which is bounded (G8).
const NOTE_LIMIT = 300

/** An event with its fields in one flat object. */
export interface ReceivedEvent extends EventVersion {
  values: Values
  /** The product's id of the organization; `null` when the event names none. */
  organizationId: string | null
  /** The names of the fields that onramp ignores, as one line; absent when there are none. */
  ignored?: string
}

/**
 * The event in a signal's payload; `null` when the payload holds no event. Never throws. Not every signal comes from the API, so
 * the API's limits are checked here again.
 */
export function readEvent(payload: unknown): ReceivedEvent | null {
  if (!isObject(payload) || !isObject(payload.customer)) return null
  const { id, at, customer, ignored } = payload
  if (!isText(id, ID_LIMIT) || !isTime(at)) return null

  const values: Values = {}
  for (const field of FIELD_NAMES) {
    const value = atPath(customer, field)
    if (value === undefined) continue
    if (value !== null && !isText(value, FIELDS[field].limit)) return null
    values[field] = value
  }
  // The CRM identifies contacts by their e-mail address, so it cannot be cleared.
  if (values.email === null) return null

  const organizationId = atPath(customer, 'company.id') ?? null
  if (organizationId !== null && !isText(organizationId, ID_LIMIT)) return null
  return { id, at, values, organizationId, ...(isNamesLine(ignored) && { ignored }) }
}

/** The review in a signal's payload; `null` when it holds none. Never throws. */
export function readAssociationReview(payload: unknown): AssociationReview | null {
  if (!isObject(payload)) return null
  const { companyId, finding, note } = payload
  const isKnown = finding === 'other-companies' || finding === 'without-primary'
  return isText(companyId, ID_LIMIT) && isKnown && isText(note, NOTE_LIMIT) ? { companyId, finding, note } : null
}

/** Who gave a command; the name is `null` when the payload has none that can be shown. Never throws. */
export function readGivenBy(payload: unknown): { by: string | null } {
  const by = isObject(payload) ? payload.by : null
  return { by: typeof by === 'string' && OPERATOR_NAME.test(by) ? by : null }
}

/** When a command was given, in milliseconds since the epoch; `null` when the payload does not say. Never throws. */
export function readGivenAt(payload: unknown): number | null {
  const at = isObject(payload) ? payload.at : null
  return isTime(at) ? at : null
}

/** The value at a path such as `address.city`. `null` on the way clears everything below it. */
function atPath(customer: Record<string, unknown>, path: string): unknown {
  let value: unknown = customer
  for (const name of path.split('.')) {
    if (value === null) return null
    if (!isObject(value)) return undefined
    value = value[name]
  }
  return value
}

/** Milliseconds since the epoch, within the range of JavaScript's dates. */
function isTime(at: unknown): at is number {
  return Number.isInteger(at) && (at as number) >= 0 && (at as number) <= 8.64e15
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}

function isText(value: unknown, limit: number): value is string {
  return typeof value === 'string' && value.length > 0 && value.length <= limit && isPlainText(value)
}
