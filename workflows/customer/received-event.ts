// Reads what arrived in a signal, whatever it is: a fact about a customer, or nothing (G7).

import { COMPANY_FIELDS, CONTACT_FIELDS } from '../../domain/crm.ts'
import type { Values } from '../../domain/crm.ts'
import { ID_LIMIT, isPlainText, limitOf } from '../../domain/limits.ts'

/** A fact about a customer with its fields laid flat. The product's id of a company decides which firm is meant. */
export interface Fact {
  id: string
  at: number
  values: Values
  productCompanyId: string | null
}

/**
 * The fact in a signal's payload, or `null` for anything that is none. Never throws. A signal may come from elsewhere
 * than our door, so its bounds hold here again.
 */
export function readFact(payload: unknown): Fact | null {
  if (!isObject(payload) || !isObject(payload.customer)) return null
  const { id, at, customer } = payload
  if (!isText(id, ID_LIMIT) || !isTime(at)) return null

  const values: Values = {}
  for (const field of [...CONTACT_FIELDS, ...COMPANY_FIELDS]) {
    const value = atPath(customer, field)
    if (value === undefined) continue
    if (value !== null && !isText(value, limitOf(field))) return null
    values[field] = value
  }
  // Without its address a contact could not be told apart from any other.
  if (values.email === null) return null

  const productCompanyId = atPath(customer, 'company.id') ?? null
  if (productCompanyId !== null && !isText(productCompanyId, ID_LIMIT)) return null
  return { id, at, values, productCompanyId }
}

/** The value at a path such as `address.city`. `null` on the way clears all that lies below it. */
function atPath(customer: Record<string, unknown>, path: string): unknown {
  let value: unknown = customer
  for (const name of path.split('.')) {
    if (value === null) return null
    if (!isObject(value)) return undefined
    value = value[name]
  }
  return value
}

/** Milliseconds since the epoch, within the range of dates. */
function isTime(at: unknown): at is number {
  return Number.isInteger(at) && (at as number) >= 0 && (at as number) <= 8.64e15
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}

function isText(value: unknown, limit: number): value is string {
  return typeof value === 'string' && value.length > 0 && value.length <= limit && isPlainText(value)
}
