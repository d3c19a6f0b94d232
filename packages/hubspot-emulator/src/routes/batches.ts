// Many contacts or companies read, changed or archived in one call: each row has an outcome of its own.

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
import { duplicateIds, missingObjects, validation } from '../errors.ts'
import { findByKey, isKey } from '../portal/lookup.ts'
import type { ObjectType, ObjectTypeInfo } from '../portal/object-types.ts'
import type { CrmRecord } from '../portal/record.ts'
import { readNames, recordBody, updateNames } from '../portal/record-body.ts'
import { archiveRecord, changeRecord, checkChange, checkNew, createRecord } from '../portal/writes.ts'
import { batchAnswer, rowRefusals } from './batch-answer.ts'
import { batchInputs, traced } from './batch-inputs.ts'

export function batchRead(call: Call): Answer {
  const info = typeParam(call)
  const { portal } = call
  const body = objectBody(call)
  const inputs = batchInputs(call)
  const idProperty = optionalText(body, 'idProperty')
  if (idProperty !== undefined) refuseUnlessKey(call, info, idProperty)
  const asked = asArray(body['properties'] ?? []).map(asText)
  const archived = call.query.get('archived') === 'true'
  const found = new Map<string, CrmRecord>()
  const missing: string[] = []
  for (const id of inputs.map((input) => asText(required(input, 'id')))) {
    const record = archived
      ? archivedById(call, info.type, id)
      : findByKey(portal, info.type, idProperty ?? 'hs_object_id', id)
    if (record === undefined) missing.push(id)
    else found.set(record.id, record)
  }
  const rows = [...found.values()].map((record) => recordBody(portal, record, readNames(portal, record, asked)))
  return batchAnswer(call, 200, { rows, refusals: missing.length === 0 ? [] : [missingRow(info, missing)] })
}

export function batchUpdate(call: Call): Answer {
  const info = typeParam(call)
  const { portal, version } = call
  const inputs = batchInputs(call)
  refuseSameIdTwice(inputs)
  const missing: string[] = []
  const outcome = rowRefusals(inputs, (input) => {
    const id = asText(required(input, 'id'))
    const idProperty = optionalText(input, 'idProperty') ?? 'hs_object_id'
    refuseUnlessKey(call, info, idProperty)
    const record = findByKey(portal, info.type, idProperty, id)
    if (record === undefined) {
      missing.push(id)
      return null
    }
    const checked = checkChange(portal, record, asObject(required(input, 'properties')), version)
    changeRecord(portal, record, checked)
    return traced(input, recordBody(portal, record, updateNames(record, checked.values.keys())))
  })
  if (missing.length > 0) outcome.refusals.push(missingRow(info, missing))
  return batchAnswer(call, 200, outcome)
}

/** Create or update, row by row, by a key that each row names; there is no other single call that does this. */
export function batchUpsert(call: Call): Answer {
  const info = typeParam(call)
  const { portal, version } = call
  const inputs = batchInputs(call)
  for (const input of inputs) {
    // [C] Companies only by an own unique property; `domain` is refused.
    refuseUnlessKey(call, info, asText(required(input, 'idProperty')))
  }
  refuseSameIdTwice(inputs)
  const outcome = rowRefusals(inputs, (input) => {
    const idProperty = asText(required(input, 'idProperty'))
    const id = asText(required(input, 'id'))
    const properties = asObject(required(input, 'properties'))
    const existing = findByKey(portal, info.type, idProperty, id)
    if (existing !== undefined) {
      const checked = checkChange(portal, existing, properties, version)
      changeRecord(portal, existing, checked)
      const names = updateNames(existing, checked.values.keys())
      return traced(input, { ...recordBody(portal, existing, names), new: false })
    }
    // The key itself is written, whether or not the properties repeat it [I].
    const checked = checkNew(portal, info.type, { [idProperty]: id, ...properties }, version)
    const record = createRecord(portal, info.type, checked)
    return traced(input, { ...recordBody(portal, record, record.values.keys()), new: true })
  })
  return batchAnswer(call, 200, outcome)
}

export function batchArchive(call: Call): Answer {
  const { type } = typeParam(call)
  for (const input of batchInputs(call)) {
    const record = call.portal.records.active(type, asText(required(input, 'id')))
    if (record !== undefined) archiveRecord(call.portal, record)
  }
  return noContent()
}

/** [R] for updates, [I] for upserts. */
function refuseSameIdTwice(inputs: readonly Json[]): void {
  const ids = inputs.map((input) => asText(required(input, 'id')))
  const twice = ids.filter((id, at) => ids.indexOf(id) !== at)
  if (twice.length > 0) throw duplicateIds([...new Set(twice)])
}

function refuseUnlessKey(call: Call, { type }: ObjectTypeInfo, property: string): void {
  if (isKey(call.portal, type, property)) return
  throw validation(`Property '${property}' cannot be used as idProperty because it does not have unique values.`)
}

function archivedById(call: Call, type: ObjectType, id: string): CrmRecord | undefined {
  const record = call.portal.records.find(type, id)
  return record?.archivedAt === null ? undefined : record
}

const missingRow = (info: ObjectTypeInfo, ids: readonly string[]) => ({
  refusal: missingObjects(info.legacyName, ids),
  traceId: undefined,
})
