// The envelope of a batch response: result rows, error rows, and the status 207 when there are errors.

import { ApiError, errorRow } from '../api-error.ts'
import type { ApiResponse } from '../api-response.ts'
import { optionalText, type Call, type Json } from '../call.ts'
import { isoTime } from '../portal/record.ts'

export type Row = Record<string, unknown>

interface RowError {
  error: ApiError
  traceId: string | undefined
}

export interface BatchOutcome {
  rows: Row[]
  errors: RowError[]
}

/** Runs each row by itself and collects its result or its error. A row for which `run` returns `null` is left out. */
export function runRows(inputs: readonly Json[], run: (input: Json) => Row | null): BatchOutcome {
  const outcome: BatchOutcome = { rows: [], errors: [] }
  for (const input of inputs) {
    try {
      const row = run(input)
      if (row !== null) outcome.rows.push(row)
    } catch (error) {
      if (!(error instanceof ApiError)) throw error
      outcome.errors.push({ error, traceId: optionalText(input, 'objectWriteTraceId') })
    }
  }
  return outcome
}

/** [R] The status is 207 when at least one row failed; otherwise the body has no `errors` key. */
export function batchResponse(call: Call, status: number, outcome: BatchOutcome): ApiResponse {
  const { portal } = call
  const results = portal.settings().shuffleBatchRows ? portal.random.shuffled(outcome.rows) : outcome.rows
  const at = isoTime(portal.clock.now())
  const envelope = { status: 'COMPLETE', results, startedAt: at, completedAt: at }
  if (outcome.errors.length === 0) return { status, body: envelope }
  const errors = outcome.errors.map(({ error, traceId }) => rowOf(error, traceId))
  return { status: 207, body: { ...envelope, errors, numErrors: errors.length } }
}

/** [R] The error row of a conflict also has the id of the existing record in its context. */
function rowOf(error: ApiError, traceId: string | undefined): Row {
  const row = errorRow(error, traceId)
  if (!('existingId' in error)) return row
  return { ...row, context: { ...(row['context'] as Row | undefined), existingId: [error.existingId] } }
}
