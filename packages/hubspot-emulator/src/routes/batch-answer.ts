// The envelope of a batch answer: rows that went well, rows that did not, and the status that says which of the two there are.

import type { Answer } from '../answer.ts'
import { optionalText, type Call, type Json } from '../call.ts'
import { isoTime } from '../portal/record.ts'
import { Refusal, refusalRow } from '../refusal.ts'

export type Row = Record<string, unknown>

interface RowRefusal {
  refusal: Refusal
  traceId: string | undefined
}

export interface BatchOutcome {
  rows: Row[]
  refusals: RowRefusal[]
}

/** Runs each row by itself; a row that yields null is neither. */
export function rowRefusals(inputs: readonly Json[], run: (input: Json) => Row | null): BatchOutcome {
  const outcome: BatchOutcome = { rows: [], refusals: [] }
  for (const input of inputs) {
    try {
      const row = run(input)
      if (row !== null) outcome.rows.push(row)
    } catch (refusal) {
      if (!(refusal instanceof Refusal)) throw refusal
      outcome.refusals.push({ refusal, traceId: optionalText(input, 'objectWriteTraceId') })
    }
  }
  return outcome
}

/** [R] 207 as soon as one row was refused; without refusals there is no `errors` key at all. */
export function batchAnswer(call: Call, status: number, { rows, refusals }: BatchOutcome): Answer {
  const { portal } = call
  const shown = portal.settings().shuffleBatchRows ? portal.random.shuffled(rows) : rows
  const at = isoTime(portal.clock.now())
  const envelope = { status: 'COMPLETE', results: shown, startedAt: at, completedAt: at }
  if (refusals.length === 0) return { status, body: envelope }
  const errors = refusals.map(({ refusal, traceId }) => rowOf(refusal, traceId))
  return { status: 207, body: { ...envelope, errors, numErrors: errors.length } }
}

/** [R] The row of a conflict repeats the id in its context. */
function rowOf(refusal: Refusal, traceId: string | undefined): Row {
  const row = refusalRow(refusal, traceId)
  if (!('existingId' in refusal)) return row
  return { ...row, context: { ...(row['context'] as Row | undefined), existingId: [refusal.existingId] } }
}
