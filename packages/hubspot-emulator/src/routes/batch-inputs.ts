// The rows that a batch call brings, and the trace id by which a caller knows them again.

import { asArray, asObject, objectBody, optionalText, required, type Call, type Json } from '../call.ts'
import { emptyBatch, tooManyInputs } from '../errors.ts'
import type { Row } from './batch-answer.ts'

// [D]
const MOST_INPUTS = 100

export function batchInputs(call: Call): Json[] {
  const inputs = asArray(required(objectBody(call), 'inputs')).map(asObject)
  if (inputs.length === 0) throw emptyBatch()
  if (inputs.length > MOST_INPUTS) throw tooManyInputs(MOST_INPUTS, inputs.length)
  return inputs
}

/** [R] A row's answer repeats its trace id. */
export function traced(input: Json, row: Row): Row {
  const traceId = optionalText(input, 'objectWriteTraceId')
  return traceId === undefined ? row : { ...row, objectWriteTraceId: traceId }
}
