// Reads the outcome of one row from a batch response, as if the row had been sent alone.

import { HubSpotError } from './hubspot-error.ts'

// The status of a single call that fails with this category; a row has only the category.
const STATUS_OF_CATEGORY: Record<string, number> = {
  CONFLICT: 409,
  OBJECT_NOT_FOUND: 404,
  VALIDATION_ERROR: 400,
  RATE_LIMITS: 429,
}

/**
 * The result of the row with this trace id. HubSpot may return the rows in any order, or none, and errors with 207 or with 200.
 * So only a response with our row is a success.
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
