// Out of one batch answer, each row's own outcome, exactly as if the row had gone alone.

import { HubSpotError } from './hubspot-error.ts'

// What a row's category would have been as the status of a call of its own.
const STATUS_OF_CATEGORY: Record<string, number> = {
  CONFLICT: 409,
  OBJECT_NOT_FOUND: 404,
  VALIDATION_ERROR: 400,
  RATE_LIMITS: 429,
}

/**
 * The result of the row with this trace id. HubSpot may answer rows in any order, 207 with errors, 200 with errors, or
 * nothing at all: success is only an answer that holds our row.
 *
 * @throws HubSpotError with the row's error, or without an answer when no row is ours
 */
export function rowOf(body: Record<string, unknown>, traceId: string): Record<string, unknown> {
  const result = rows(body.results).find(({ objectWriteTraceId }) => objectWriteTraceId === traceId)
  if (result) return result

  const errors = rows(body.errors)
  const named = errors.find(({ context }) => traceIdsOf(context).includes(traceId))
  // An error may name no row; when it is all that there is, there is no doubt whose it is.
  const error = named ?? (errors.length === 1 && rows(body.results).length === 0 ? errors[0] : undefined)
  if (!error) throw HubSpotError.withoutResponse('a batch response without our row')
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
