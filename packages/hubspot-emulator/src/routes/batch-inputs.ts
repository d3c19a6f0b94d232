// The rows of a batch request, and the trace id by which the caller recognizes their results.

import { asArray, asObject, objectBody, optionalText, required, type Call, type Json } from '../call.ts'
import { emptyBatch, tooManyInputs } from '../errors.ts'
import type { Row } from './batch-response.ts'

// [D]
const MAX_INPUTS = 100

export function batchInputs(call: Call): Json[] {
  const inputs = asArray(required(objectBody(call), 'inputs')).map(asObject)
  if (inputs.length === 0) throw emptyBatch()
  if (inputs.length > MAX_INPUTS) throw tooManyInputs(MAX_INPUTS, inputs.length)
  return inputs
}

/** [R] The result of a row repeats its trace id. */
export function withTraceId(input: Json, row: Row): Row {
  const traceId = optionalText(input, 'objectWriteTraceId')
  return traceId === undefined ? row : { ...row, objectWriteTraceId: traceId }
}
