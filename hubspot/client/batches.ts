// Reads a row's own outcome out of a batch response, as if the row had been sent alone.

import { HubSpotError } from './hubspot-error.ts'

// The status that a call of its own would have had for a row's category.
const STATUS_OF_CATEGORY: Record<string, number> = {
  CONFLICT: 409,
  OBJECT_NOT_FOUND: 404,
  VALIDATION_ERROR: 400,
  RATE_LIMITS: 429,
}

/**
 * The result of the row with this trace id. HubSpot may return rows in any order, 207 or 200 with errors, or no rows: only a
 * response that holds our row is a success.
 *
 * @throws HubSpotError with the row's error, or with status `null` when no row is ours
 */
export function rowOf(body: Record<string, unknown>, traceId: string): Record<string, unknown> {
  const result = rows(body.results).find(({ objectWriteTraceId }) => objectWriteTraceId === traceId)
  if (result) return result

  const errors = rows(body.errors)
  const named = errors.find(({ context }) => traceIdsOf(context).includes(traceId))
  // An error may name no row. A single error without results belongs to the only row.
  const error = named ?? (errors.length === 1 && rows(body.results).length === 0 ? errors[0] : undefined)
  if (!error) throw HubSpotError.unusableResponse('a batch response without our row')
  const status = STATUS_OF_CATEGORY[String(error.category)] ?? 400
  throw new HubSpotError({ status, headers: {}, text: JSON.stringify(error) }, `HubSpot answered ${status} in a batch`)
}

function rows(value: unknown): Record<string, unknown>[] {
  return Array.isArray(value) ? value.filter((row) => typeof row === 'object' && row !== null) : []
}

function traceIdsOf(context: unknown): unknown[] {
  const ids =
    typeof context === 'object' && context !== null ? (context as Record<string, unknown>).objectWriteTraceId : []
  return [ids].flat()
}
