// Batch calls that read, update, upsert or archive contacts or companies. Each row succeeds or fails by itself.

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
import { duplicateIds, missingObjects, validation } from '../errors.ts'
import { findByKey, isKey } from '../portal/lookup.ts'
import type { ObjectType, ObjectTypeInfo } from '../portal/object-types.ts'
import type { CrmRecord } from '../portal/record.ts'
import { readNames, recordBody, updateNames } from '../portal/record-body.ts'
import { archiveRecord, changeRecord, checkChange, checkNew, createRecord } from '../portal/writes.ts'
import { batchResponse, runRows } from './batch-response.ts'
import { batchInputs, withTraceId } from './batch-inputs.ts'

export function batchRead(call: Call): ApiResponse {
  const info = typeParam(call)
  const { portal } = call
  const body = objectBody(call)
  const inputs = batchInputs(call)
  const idProperty = optionalText(body, 'idProperty')
  if (idProperty !== undefined) requireKey(call, info, idProperty)
  const requested = asArray(body['properties'] ?? []).map(asText)
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
  const rows = [...found.values()].map((record) => recordBody(portal, record, readNames(portal, record, requested)))
  return batchResponse(call, 200, { rows, errors: missing.length === 0 ? [] : [missingRow(info, missing)] })
}

export function batchUpdate(call: Call): ApiResponse {
  const info = typeParam(call)
  const { portal, version } = call
  const inputs = batchInputs(call)
  rejectDuplicateIds(inputs)
  const missing: string[] = []
  const outcome = runRows(inputs, (input) => {
    const id = asText(required(input, 'id'))
    const idProperty = optionalText(input, 'idProperty') ?? 'hs_object_id'
    requireKey(call, info, idProperty)
    const record = findByKey(portal, info.type, idProperty, id)
    if (record === undefined) {
      missing.push(id)
      return null
    }
    const checked = checkChange(portal, record, asObject(required(input, 'properties')), version)
    changeRecord(portal, record, checked)
    return withTraceId(input, recordBody(portal, record, updateNames(record, checked.values.keys())))
  })
  if (missing.length > 0) outcome.errors.push(missingRow(info, missing))
  return batchResponse(call, 200, outcome)
}

/** Updates the record that has the key of a row, or creates it. HubSpot has no other call that does both. */
export function batchUpsert(call: Call): ApiResponse {
  const info = typeParam(call)
  const { portal, version } = call
  const inputs = batchInputs(call)
  for (const input of inputs) {
    // [C] For companies only a custom unique property is valid; HubSpot rejects `domain`.
    requireKey(call, info, asText(required(input, 'idProperty')))
  }
  rejectDuplicateIds(inputs)
  const outcome = runRows(inputs, (input) => {
    const idProperty = asText(required(input, 'idProperty'))
    const id = asText(required(input, 'id'))
    const properties = asObject(required(input, 'properties'))
    const existing = findByKey(portal, info.type, idProperty, id)
    if (existing !== undefined) {
      const checked = checkChange(portal, existing, properties, version)
      changeRecord(portal, existing, checked)
      const names = updateNames(existing, checked.values.keys())
      return withTraceId(input, { ...recordBody(portal, existing, names), new: false })
    }
    // The key is written even when the properties do not contain it [I].
    const checked = checkNew(portal, info.type, { [idProperty]: id, ...properties }, version)
    const record = createRecord(portal, info.type, checked)
    return withTraceId(input, { ...recordBody(portal, record, record.values.keys()), new: true })
  })
  return batchResponse(call, 200, outcome)
}

export function batchArchive(call: Call): ApiResponse {
  const { type } = typeParam(call)
  for (const input of batchInputs(call)) {
    const record = call.portal.records.active(type, asText(required(input, 'id')))
    if (record !== undefined) archiveRecord(call.portal, record)
  }
  return noContent()
}

/** [R] for updates, [I] for upserts. */
function rejectDuplicateIds(inputs: readonly Json[]): void {
  const ids = inputs.map((input) => asText(required(input, 'id')))
  const repeated = ids.filter((id, at) => ids.indexOf(id) !== at)
  if (repeated.length > 0) throw duplicateIds([...new Set(repeated)])
}

function requireKey(call: Call, { type }: ObjectTypeInfo, property: string): void {
  if (isKey(call.portal, type, property)) return
  throw validation(`Property '${property}' cannot be used as idProperty because it does not have unique values.`)
}

function archivedById(call: Call, type: ObjectType, id: string): CrmRecord | undefined {
  const record = call.portal.records.find(type, id)
  return record?.archivedAt === null ? undefined : record
}

const missingRow = (info: ObjectTypeInfo, ids: readonly string[]) => ({
  error: missingObjects(info.legacyName, ids),
  traceId: undefined,
})
