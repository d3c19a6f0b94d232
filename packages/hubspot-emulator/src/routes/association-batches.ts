// Many associations in one call: made with or without labels, read, removed whole or label by label.

import { noContent, type Answer } from '../answer.ts'
import {
  asArray,
  asObject,
  asText,
  objectBody,
  optionalText,
  required,
  typeParam,
  type Call,
  type Json,
} from '../call.ts'
import { emptyBatch, tooManyInputs, validation } from '../errors.ts'
import type { ObjectTypeInfo } from '../portal/object-types.ts'
import type { CrmRecord } from '../portal/record.ts'
import { tieByDefault, tieWithTypes, untie, untieTypes } from '../portal/ties.ts'
import { Refusal } from '../refusal.ts'
import {
  associatedIds,
  associationRow,
  checkedTypeId,
  defaultResults,
  labelledResult,
  withItself,
} from './associations.ts'
import { batchAnswer, rowRefusals, type Row } from './batch-answer.ts'

// [D]
const MOST_CREATED = 2000
const MOST_READ = 1000
const MOST_ON_A_PAGE = 500

/** [D] Labelled ones, each with its types. */
export function batchAssociate(call: Call): Answer {
  return batchAnswer(
    call,
    201,
    rowRefusals(inputsOf(call, MOST_CREATED), (input) => {
      const types = asArray(required(input, 'types'))
      if (types.length === 0) throw validation('At least one association type is required.')
      const { from, to } = bothEnds(call, input)
      const typeIds = types.map((type) => checkedTypeId(call.portal, type, from.type, to.type))
      tieWithTypes(call.portal, from, to, typeIds)
      return labelledResult(call.portal, from, to)
    }),
  )
}

/** [D] Two rows for each input, one per direction. */
export function batchAssociateDefault(call: Call): Answer {
  const pairs = rowRefusals(inputsOf(call, MOST_CREATED), (input) => {
    const { from, to } = bothEnds(call, input)
    tieByDefault(call.portal, from, to)
    return { rows: defaultResults(call.portal, from, to) }
  })
  return batchAnswer(call, 200, { ...pairs, rows: pairs.rows.flatMap(({ rows }) => rows as Row[]) })
}

export function batchReadAssociations(call: Call): Answer {
  const { portal } = call
  const { type } = typeParam(call, 'from')
  const to = typeParam(call, 'to')
  const outcome = rowRefusals(inputsOf(call, MOST_READ), (input) => {
    const id = asText(required(input, 'id'))
    const start = Math.max(0, Number(optionalText(input, 'after') ?? 0) || 0)
    const from = portal.records.active(type, id)
    const ids = from === undefined ? [] : associatedIds(portal, from, to.type)
    // [R] An input without associations is a row that was not found.
    if (from === undefined || ids.length === 0) throw noneFound(typeParam(call, 'from'), id, to)
    const page = ids.slice(start, start + MOST_ON_A_PAGE)
    const after = String(start + MOST_ON_A_PAGE)
    const more = start + MOST_ON_A_PAGE < ids.length
    return {
      from: { id },
      to: page.map((toId) => associationRow(portal, from, toId)),
      ...(more ? { paging: { next: { after } } } : {}),
    }
  })
  return batchAnswer(call, 200, outcome)
}

/** One `from`, several `to`; pairs that are not associated pass unnoticed [I]. */
export function batchDissociate(call: Call): Answer {
  for (const input of inputsOf(call, MOST_CREATED)) {
    const from = endOf(call, input['from'], 'from')
    for (const end of asArray(required(input, 'to'))) {
      const to = endOf(call, end, 'to')
      if (from !== undefined && to !== undefined) untie(call.portal, from, to)
    }
  }
  return noContent()
}

/** [D] Only these labels go; with the unlabelled type all of them do. */
export function batchUnlabel(call: Call): Answer {
  for (const input of inputsOf(call, MOST_CREATED)) {
    const from = endOf(call, input['from'], 'from')
    const to = endOf(call, input['to'], 'to')
    const types = asArray(required(input, 'types'))
    if (from === undefined || to === undefined) continue
    const typeIds = types.map((type) => checkedTypeId(call.portal, type, from.type, to.type))
    untieTypes(call.portal, from, to, typeIds)
  }
  return noContent()
}

function inputsOf(call: Call, most: number): Json[] {
  // The kinds of record come first, so that a wrong one is not hidden behind a wrong body.
  typeParam(call, 'from')
  typeParam(call, 'to')
  const inputs = asArray(required(objectBody(call), 'inputs')).map(asObject)
  if (inputs.length === 0) throw emptyBatch()
  if (inputs.length > most) throw tooManyInputs(most, inputs.length)
  return inputs
}

function bothEnds(call: Call, input: Json): { from: CrmRecord; to: CrmRecord } {
  const from = endOf(call, required(input, 'from'), 'from')
  const to = endOf(call, required(input, 'to'), 'to')
  if (from === undefined) throw notValid(call, typeParam(call, 'from'), idOf(input['from']))
  if (to === undefined) throw notValid(call, typeParam(call, 'to'), idOf(input['to']))
  if (from === to) throw withItself(from.id)
  return { from, to }
}

const endOf = (call: Call, end: unknown, param: 'from' | 'to'): CrmRecord | undefined =>
  call.portal.records.active(typeParam(call, param).type, idOf(end))

const idOf = (end: unknown): string => asText(required(asObject(end), 'id'))

/** [R] Both texts: that of v4 is of 2022, the other of 2026. */
function notValid(call: Call, info: ObjectTypeInfo, id: string): Refusal {
  if (call.version === 'v3') return validation(`${info.legacyName}=${id} is not valid`)
  return new Refusal(400, {
    message: `${id} is not a valid ID`,
    category: 'VALIDATION_ERROR',
    subCategory: 'crm.associations.INVALID_IDENTIFIER',
    context: { id: [id] },
  })
}

/** [R] */
function noneFound(from: ObjectTypeInfo, id: string, to: ObjectTypeInfo): Refusal {
  return new Refusal(404, {
    message: `No ${to.singular} is associated with ${from.singular} ${id}.`,
    category: 'OBJECT_NOT_FOUND',
    subCategory: 'crm.associations.NO_ASSOCIATIONS_FOUND',
    context: { fromObjectId: [id], fromObjectType: [from.singular], toObjectType: [to.singular] },
  })
}
