// Writes the values that HubSpot accepts, and reports those that it rejects.

import { explanations } from '../domain/attention.ts'
import type { RejectedField } from '../domain/crm.ts'
import type { Field } from '../domain/fields.ts'
import { isInvalid } from './client/errors.ts'
import { HubSpotError } from './client/hubspot-error.ts'
import type { Properties } from './properties.ts'

/**
 * Calls `write` with fewer and fewer properties until HubSpot accepts them.
 *
 * @param fieldOf the field of a property; `undefined` for a property that must not be left out
 * @throws HubSpotError when HubSpot rejects the call for another reason, or a property that must not be left out
 */
export async function withoutRejected<T>(
  properties: Properties,
  fieldOf: (property: string) => Field | undefined,
  write: (properties: Properties) => Promise<T>,
): Promise<{ result: T; rejected: RejectedField[] }> {
  let rest = properties
  const rejected: RejectedField[] = []
  for (;;) {
    try {
      return { result: await write(rest), rejected }
    } catch (error) {
      const left = error instanceof HubSpotError && isInvalid(error) ? rejectionsIn(error, rest, fieldOf) : []
      if (left.length === 0) throw error
      rejected.push(...left.map((rejection) => rejection.field))
      const names = left.map(({ property }) => property)
      rest = Object.fromEntries(Object.entries(rest).filter(([name]) => !names.includes(name)))
    }
  }
}

/** The properties to leave out. None when a rejected property must not be left out: then the next call would fail as well. */
function rejectionsIn(
  error: HubSpotError,
  properties: Properties,
  fieldOf: (property: string) => Field | undefined,
): { property: string; field: RejectedField }[] {
  const rejections = error.rejectedProperties.flatMap(({ name, code }) => {
    const field = name in properties ? fieldOf(name) : undefined
    if (field === undefined) return []
    const { message } = explanations.propertiesRejected([{ name, code, field }])
    return [{ property: name, field: { field, reason: 'refused-by-hubspot' as const, message, code } }]
  })
  return rejections.length === error.rejectedProperties.length ? rejections : []
}
