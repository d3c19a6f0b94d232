// Writes what HubSpot takes: a value that it refuses is left out and named, the rest goes through.

import type { Field, RefusedField } from '../domain/crm.ts'
import { isInvalid } from './client/errors.ts'
import { HubSpotError } from './client/hubspot-error.ts'
import type { Properties } from './properties.ts'

/**
 * Calls `write` with ever fewer properties until HubSpot takes them.
 *
 * @param fieldOf our name of a property, `undefined` for one that must not be left out
 * @throws HubSpotError when HubSpot refuses for another reason, or a property that must not be left out
 */
export async function withoutRefused<T>(
  properties: Properties,
  fieldOf: (property: string) => Field | undefined,
  write: (properties: Properties) => Promise<T>,
): Promise<{ result: T; refused: RefusedField[] }> {
  let rest = properties
  const refused: RefusedField[] = []
  for (;;) {
    try {
      return { result: await write(rest), refused }
    } catch (error) {
      const left = error instanceof HubSpotError && isInvalid(error) ? refusalsIn(error, rest, fieldOf) : []
      if (left.length === 0) throw error
      refused.push(
        ...left.map(({ field, code }) => ({
          field,
          reason: 'refused-by-hubspot' as const,
          message: hint(field, code),
        })),
      )
      rest = without(
        rest,
        left.map(({ property }) => property),
      )
    }
  }
}

/** The properties that can be left out; none at all when one of the refused cannot, since the call would only fail again. */
function refusalsIn(
  error: HubSpotError,
  properties: Properties,
  fieldOf: (property: string) => Field | undefined,
): { property: string; field: Field; code: string }[] {
  const refusals = error.refusedProperties.map(({ name, code }) => ({ property: name, field: fieldOf(name), code }))
  const known = refusals.filter((refusal) => refusal.field !== undefined && refusal.property in properties)
  return known.length === refusals.length ? (known as { property: string; field: Field; code: string }[]) : []
}

function without(properties: Properties, names: string[]): Properties {
  return Object.fromEntries(Object.entries(properties).filter(([name]) => !names.includes(name)))
}

function hint(field: Field, code: string): string {
  return `HubSpot does not take the value of ${field} (${code}). Correct it in the product or change the property's rules in HubSpot, then resume.`
}
