// Batch calls for associations: create with or without labels, read, remove all types or single labels.

import { noContent, type ApiResponse } from '../api-response.ts'
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
import { associateByDefault, associateWithTypes, dissociate, removeTypes } from '../portal/association-rules.ts'
import { ApiError } from '../api-error.ts'
import {
  associatedIds,
  associationRow,
  checkedTypeId,
  defaultResults,
  labelledResult,
  withItself,
} from './associations.ts'
import { batchResponse, runRows, type Row } from './batch-response.ts'

// [D]
const MAX_CREATES = 2000
const MAX_READS = 1000
const PAGE_SIZE = 500

/** [D] Associates with the types that each row names. */
export function batchAssociate(call: Call): ApiResponse {
  return batchResponse(
    call,
    201,
    runRows(inputsOf(call, MAX_CREATES), (input) => {
      const types = asArray(required(input, 'types'))
      if (types.length === 0) throw validation('At least one association type is required.')
      const { from, to } = bothEnds(call, input)
      const typeIds = types.map((type) => checkedTypeId(call.portal, type, from.type, to.type))
      associateWithTypes(call.portal, from, to, typeIds)
      return labelledResult(call.portal, from, to)
    }),
  )
}

/** [D] The response has two rows for each input, one per direction. */
export function batchAssociateDefault(call: Call): ApiResponse {
  const pairs = runRows(inputsOf(call, MAX_CREATES), (input) => {
    const { from, to } = bothEnds(call, input)
    associateByDefault(call.portal, from, to)
    return { rows: defaultResults(call.portal, from, to) }
  })
  return batchResponse(call, 200, { ...pairs, rows: pairs.rows.flatMap(({ rows }) => rows as Row[]) })
}

export function batchReadAssociations(call: Call): ApiResponse {
  const { portal } = call
  const { type } = typeParam(call, 'from')
  const to = typeParam(call, 'to')
  const outcome = runRows(inputsOf(call, MAX_READS), (input) => {
    const id = asText(required(input, 'id'))
    const start = Math.max(0, Number(optionalText(input, 'after') ?? 0) || 0)
    const from = portal.records.active(type, id)
    const ids = from === undefined ? [] : associatedIds(portal, from, to.type)
    // [R] An input without associations becomes an error row.
    if (from === undefined || ids.length === 0) throw noneFound(typeParam(call, 'from'), id, to)
    const page = ids.slice(start, start + PAGE_SIZE)
    const after = String(start + PAGE_SIZE)
    const more = start + PAGE_SIZE < ids.length
    return {
      from: { id },
      to: page.map((toId) => associationRow(portal, from, toId)),
      ...(more ? { paging: { next: { after } } } : {}),
    }
  })
  return batchResponse(call, 200, outcome)
}

/** Each row has one `from` and several `to`. Pairs that are not associated are ignored [I]. */
export function batchDissociate(call: Call): ApiResponse {
  for (const input of inputsOf(call, MAX_CREATES)) {
    const from = endOf(call, input['from'], 'from')
    for (const end of asArray(required(input, 'to'))) {
      const to = endOf(call, end, 'to')
      if (from !== undefined && to !== undefined) dissociate(call.portal, from, to)
    }
  }
  return noContent()
}

/** [D] Removes only these types; the unlabelled type removes the whole association. */
export function batchUnlabel(call: Call): ApiResponse {
  for (const input of inputsOf(call, MAX_CREATES)) {
    const from = endOf(call, input['from'], 'from')
    const to = endOf(call, input['to'], 'to')
    const types = asArray(required(input, 'types'))
    if (from === undefined || to === undefined) continue
    const typeIds = types.map((type) => checkedTypeId(call.portal, type, from.type, to.type))
    removeTypes(call.portal, from, to, typeIds)
  }
  return noContent()
}

function inputsOf(call: Call, max: number): Json[] {
  // The object types are checked first, so that an invalid body does not hide an invalid type.
  typeParam(call, 'from')
  typeParam(call, 'to')
  const inputs = asArray(required(objectBody(call), 'inputs')).map(asObject)
  if (inputs.length === 0) throw emptyBatch()
  if (inputs.length > max) throw tooManyInputs(max, inputs.length)
  return inputs
}

function bothEnds(call: Call, input: Json): { from: CrmRecord; to: CrmRecord } {
  const from = endOf(call, required(input, 'from'), 'from')
  const to = endOf(call, required(input, 'to'), 'to')
  if (from === undefined) throw invalidId(call, typeParam(call, 'from'), idOf(input['from']))
  if (to === undefined) throw invalidId(call, typeParam(call, 'to'), idOf(input['to']))
  if (from === to) throw withItself(from.id)
  return { from, to }
}

const endOf = (call: Call, end: unknown, param: 'from' | 'to'): CrmRecord | undefined =>
  call.portal.records.active(typeParam(call, param).type, idOf(end))

const idOf = (end: unknown): string => asText(required(asObject(end), 'id'))

/** [R] Both texts were recorded: the text of v4 in 2022, the other text in 2026. */
function invalidId(call: Call, info: ObjectTypeInfo, id: string): ApiError {
  if (call.version === 'v3') return validation(`${info.legacyName}=${id} is not valid`)
  return new ApiError(400, {
    message: `${id} is not a valid ID`,
    category: 'VALIDATION_ERROR',
    subCategory: 'crm.associations.INVALID_IDENTIFIER',
    context: { id: [id] },
  })
}

/** [R] */
function noneFound(from: ObjectTypeInfo, id: string, to: ObjectTypeInfo): ApiError {
  return new ApiError(404, {
    message: `No ${to.singular} is associated with ${from.singular} ${id}.`,
    category: 'OBJECT_NOT_FOUND',
    subCategory: 'crm.associations.NO_ASSOCIATIONS_FOUND',
    context: { fromObjectId: [id], fromObjectType: [from.singular], toObjectType: [to.singular] },
  })
}
