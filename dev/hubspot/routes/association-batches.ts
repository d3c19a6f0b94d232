// Many associations in one call; a row with an id that no record has is an error of its own.

import { noContent, type Answer } from '../answer.ts'
import { asArray, asObject, asText, objectBody, required, typeParam, type Call, type Json } from '../call.ts'
import { emptyBatch, tooManyInputs } from '../errors.ts'
import type { ObjectType, ObjectTypeInfo } from '../portal/object-types.ts'
import type { CrmRecord } from '../portal/record.ts'
import { tieByDefault, tieWithTypes, untie } from '../portal/ties.ts'
import { Refusal } from '../refusal.ts'
import {
  associatedIds,
  associationRow,
  checkedTypeId,
  defaultResults,
  labelledResult,
  withItself,
} from './associations.ts'
import { batchAnswer, rowRefusals } from './batch-answer.ts'

// [D]
const MOST_CREATED = 2000
const MOST_READ = 1000

export function batchAssociateDefault(call: Call): Answer {
  const inputs = inputsOf(call, MOST_CREATED)
  const outcome = rowRefusals(inputs, (input) => {
    const { from, to } = endsOf(call, input)
    tieByDefault(call.portal, from, to)
    return { pair: defaultResults(call.portal, from, to) }
  })
  // Each tie is answered from both of its ends.
  const rows = outcome.rows.flatMap(({ pair }) => pair as Record<string, unknown>[])
  return batchAnswer(call, 200, { ...outcome, rows })
}

export function batchAssociate(call: Call): Answer {
  const outcome = rowRefusals(inputsOf(call, MOST_CREATED), (input) => {
    const { from, to } = endsOf(call, input)
    const typeIds = asArray(required(input, 'types')).map((spec) =>
      checkedTypeId(call.portal, spec, from.type, to.type),
    )
    tieWithTypes(call.portal, from, to, typeIds)
    return labelledResult(call.portal, from, to)
  })
  return batchAnswer(call, 201, outcome)
}

export function batchReadAssociations(call: Call): Answer {
  const { portal } = call
  const from = typeParam(call, 'fromType')
  const to = typeParam(call, 'toType')
  const outcome = rowRefusals(inputsOf(call, MOST_READ), (input) => {
    const record = activeEnd(call, from, asText(required(input, 'id')))
    const rows = associatedIds(portal, record, to.type).map((id) => associationRow(portal, record, id))
    return { from: { id: record.id }, to: rows }
  })
  return batchAnswer(call, 200, outcome)
}

/** [D] Each input names one record and those that it is to be untied from. */
export function batchRemoveAssociations(call: Call): Answer {
  const { portal } = call
  const from = typeParam(call, 'fromType').type
  const to = typeParam(call, 'toType').type
  for (const input of inputsOf(call, MOST_CREATED)) {
    const record = portal.records.active(from, idIn(input, 'from'))
    for (const other of [input['to']].flat()) {
      const end = portal.records.active(to, asText(required(asObject(other), 'id')))
      if (record !== undefined && end !== undefined) untie(portal, record, end)
    }
  }
  return noContent()
}

function inputsOf(call: Call, most: number): Json[] {
  const inputs = asArray(required(objectBody(call), 'inputs')).map(asObject)
  if (inputs.length === 0) throw emptyBatch()
  if (inputs.length > most) throw tooManyInputs(most, inputs.length)
  return inputs
}

function endsOf(call: Call, input: Json): { from: CrmRecord; to: CrmRecord } {
  const from = activeEnd(call, typeParam(call, 'fromType'), idIn(input, 'from'))
  const to = activeEnd(call, typeParam(call, 'toType'), idIn(input, 'to'))
  if (from === to) throw withItself(from.id)
  return { from, to }
}

function idIn(input: Json, end: 'from' | 'to'): string {
  return asText(required(asObject(required(input, end)), 'id'))
}

/** [R] 2026: the row names the id that is none. */
function activeEnd(call: Call, { type }: ObjectTypeInfo & { type: ObjectType }, id: string): CrmRecord {
  const record = call.portal.records.active(type, id)
  if (record !== undefined) return record
  throw new Refusal(404, {
    message: `unknown_id_${id} is not a valid ID`,
    category: 'VALIDATION_ERROR',
    subCategory: 'crm.associations.INVALID_IDENTIFIER',
    context: { id: [id] },
  })
}
