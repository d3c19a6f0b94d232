// Creates contacts or companies in a batch: row by row when each row has a trace id, otherwise all or nothing.

import type { ApiResponse } from '../api-response.ts'
import { asArray, asObject, optionalText, required, typeParam, type Call, type Json } from '../call.ts'
import { validation, ValueTaken, valueTaken } from '../errors.ts'
import { inlineAssociations } from '../portal/inline-associations.ts'
import { keysAmong } from '../portal/key-index.ts'
import { OBJECT_TYPES, type ObjectType } from '../portal/object-types.ts'
import { recordBody } from '../portal/record-body.ts'
import { checkNew, createRecord, DuplicateContact } from '../portal/writes.ts'
import { ApiError } from '../api-error.ts'
import { batchResponse, runRows, type Row } from './batch-response.ts'
import { batchInputs, withTraceId } from './batch-inputs.ts'

/**
 * When each row has a trace id, HubSpot reports bad rows and writes the others. Otherwise it writes all rows or none [D][R]. The
 * setting `batchCreateConflicts` also rejects a batch with trace ids as a whole, for a value that another record has.
 */
export function batchCreate(call: Call): ApiResponse {
  const { type } = typeParam(call)
  const inputs = batchInputs(call)
  rejectDuplicateAddresses(type, inputs)
  const hasTraceIds = inputs.every((input) => optionalText(input, 'objectWriteTraceId') !== undefined)
  return hasTraceIds ? createRows(call, type, inputs) : createAllOrNothing(call, type, inputs)
}

function createRows(call: Call, type: ObjectType, inputs: readonly Json[]): ApiResponse {
  if (call.portal.settings().batchCreateConflicts === 'whole') rejectConflicts(call, type, inputs)
  return batchResponse(
    call,
    201,
    runRows(inputs, (input) => checkedRow(call, type, input).write()),
  )
}

function createAllOrNothing(call: Call, type: ObjectType, inputs: readonly Json[]): ApiResponse {
  let rows: CheckedRow[]
  try {
    rows = inputs.map((input) => checkedRow(call, type, input))
  } catch (error) {
    // [R] Only the conflict of a whole batch names no id (2025).
    if (error instanceof DuplicateContact) throw new WholeBatchConflict(error)
    throw error
  }
  rejectDuplicateKeys(call, type, rows)
  return batchResponse(call, 201, { rows: rows.map(({ write }) => write()), errors: [] })
}

/** [I] A bad value becomes an error row all the same. */
function rejectConflicts(call: Call, type: ObjectType, inputs: readonly Json[]): void {
  for (const input of inputs) {
    try {
      checkedRow(call, type, input)
    } catch (error) {
      if (error instanceof DuplicateContact) throw new WholeBatchConflict(error)
      if (error instanceof ValueTaken) throw error
    }
  }
}

/** [R] The body of 2021 names the first id. The body of 2025 names no id and is the default. */
export class WholeBatchConflict extends ApiError {
  readonly conflict: DuplicateContact

  constructor(conflict: DuplicateContact) {
    super(409, { message: 'Contact already exists', category: 'CONFLICT' })
    this.conflict = conflict
  }
}

interface CheckedRow {
  values: ReadonlyMap<string, string>
  write: () => Row
}

function checkedRow(call: Call, type: ObjectType, input: Json): CheckedRow {
  const { portal, version } = call
  const checked = checkNew(portal, type, asObject(required(input, 'properties')), version)
  const associate = inlineAssociations(portal, type, asArray(input['associations'] ?? []))
  const write = (): Row => {
    const record = createRecord(portal, type, checked)
    associate(record)
    return withTraceId(input, recordBody(portal, record, record.values.keys()))
  }
  return { values: checked.values, write }
}

/** [I] Rejects a key that two rows have. The earlier checks miss it, since they all run before the first write. */
function rejectDuplicateKeys({ portal }: Call, type: ObjectType, rows: readonly CheckedRow[]): void {
  const seen = new Set<string>()
  for (const { values } of rows) {
    const keys = keysAmong(type, values, portal.registry)
    for (const key of keys) {
      if (!seen.has(portal.records.keys.identity(key))) continue
      const [existingId, newId] = [portal.records.newId(), portal.records.newId()]
      const { legacyName } = OBJECT_TYPES[type]
      throw valueTaken({ portalId: portal.settings().portalId, legacyName, ...key, newId, existingId })
    }
    for (const key of keys) seen.add(portal.records.keys.identity(key))
  }
}

/** [R] HubSpot rejects the whole batch when two rows have the same address, with or without trace ids. */
function rejectDuplicateAddresses(type: ObjectType, inputs: readonly Json[]): void {
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
