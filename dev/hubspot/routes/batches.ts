// Many contacts or companies in one call: each row has an outcome of its own, unless HubSpot refuses the whole batch.

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
import { duplicateIds, emptyBatch, missingObjects, tooManyInputs, validation } from '../errors.ts'
import { batchAnswer, rowRefusals, type Row } from './batch-answer.ts'
import { inlineTies } from '../portal/inline-ties.ts'
import { findByKey, isKey } from '../portal/lookup.ts'
import type { ObjectType, ObjectTypeInfo } from '../portal/object-types.ts'
import type { CrmRecord } from '../portal/record.ts'
import { readNames, recordBody, updateNames } from '../portal/record-body.ts'
import { archiveRecord, changeRecord, checkChange, checkNew, createRecord, DuplicateContact } from '../portal/writes.ts'
import { Refusal } from '../refusal.ts'

// [D]
const MOST_INPUTS = 100

/** With a trace id on each row, bad rows are reported and good ones written; without, it is all or nothing [D][R]. */
export function batchCreate(call: Call): Answer {
  const { type } = typeParam(call)
  const inputs = batchInputs(call)
  refuseSameAddressTwice(type, inputs)
  const traced = inputs.every((input) => optionalText(input, 'objectWriteTraceId') !== undefined)
  return traced ? createRows(call, type, inputs) : createAllOrNothing(call, type, inputs)
}

function createRows(call: Call, type: ObjectType, inputs: readonly Json[]): Answer {
  return batchAnswer(
    call,
    201,
    rowRefusals(inputs, (input) => createRow(call, type, input)()),
  )
}

function createAllOrNothing(call: Call, type: ObjectType, inputs: readonly Json[]): Answer {
  let write: (() => Row)[]
  try {
    write = inputs.map((input) => createRow(call, type, input))
  } catch (refusal) {
    // [R] Only here the conflict names no id at all (2025).
    if (refusal instanceof DuplicateContact) throw new WholeBatchConflict(refusal)
    throw refusal
  }
  return batchAnswer(call, 201, { rows: write.map((row) => row()), refusals: [] })
}

/** [R] The form of 2021 named the first id, that of 2025 names none; the second is the default. */
export class WholeBatchConflict extends Refusal {
  readonly conflict: DuplicateContact

  constructor(conflict: DuplicateContact) {
    super(409, { message: 'Contact already exists', category: 'CONFLICT' })
    this.conflict = conflict
  }
}

/** Checks a row now; what it returns writes it. */
function createRow(call: Call, type: ObjectType, input: Json): () => Row {
  const { portal, version } = call
  const checked = checkNew(portal, type, asObject(required(input, 'properties')), version)
  const tie = inlineTies(portal, type, asArray(input['associations'] ?? []))
  return () => {
    const record = createRecord(portal, type, checked)
    tie(record)
    return traced(input, recordBody(portal, record, record.values.keys()))
  }
}

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

function batchInputs(call: Call): Json[] {
  const inputs = asArray(required(objectBody(call), 'inputs')).map(asObject)
  if (inputs.length === 0) throw emptyBatch()
  if (inputs.length > MOST_INPUTS) throw tooManyInputs(MOST_INPUTS, inputs.length)
  return inputs
}

/** [R] Two rows with one address refuse the whole batch, with or without trace ids. */
function refuseSameAddressTwice(type: ObjectType, inputs: readonly Json[]): void {
  if (type !== 'contacts') return
  const seen = new Set<string>()
  for (const input of inputs) {
    const email = asObject(input['properties'] ?? {})['email']
    if (typeof email !== 'string' || email === '') continue
    const address = email.trim().toLowerCase()
    if (seen.has(address)) throw validation(`Duplicate email found in batch input: [${address}]. Emails must be unique`)
    seen.add(address)
  }
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

function traced(input: Json, row: Row): Row {
  const traceId = optionalText(input, 'objectWriteTraceId')
  return traceId === undefined ? row : { ...row, objectWriteTraceId: traceId }
}
