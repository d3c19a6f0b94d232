// Many new contacts or companies in one call: row by row when each row can be told by its trace id, all or nothing otherwise.

import type { Answer } from '../answer.ts'
import { asArray, asObject, optionalText, required, typeParam, type Call, type Json } from '../call.ts'
import { validation, valueTaken } from '../errors.ts'
import { inlineTies } from '../portal/inline-ties.ts'
import { keysAmong } from '../portal/key-index.ts'
import { OBJECT_TYPES, type ObjectType } from '../portal/object-types.ts'
import { recordBody } from '../portal/record-body.ts'
import { checkNew, createRecord, DuplicateContact } from '../portal/writes.ts'
import { Refusal } from '../refusal.ts'
import { batchAnswer, rowRefusals, type Row } from './batch-answer.ts'
import { batchInputs, traced } from './batch-inputs.ts'

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
    rowRefusals(inputs, (input) => checkedRow(call, type, input).write()),
  )
}

function createAllOrNothing(call: Call, type: ObjectType, inputs: readonly Json[]): Answer {
  let rows: CheckedRow[]
  try {
    rows = inputs.map((input) => checkedRow(call, type, input))
  } catch (refusal) {
    // [R] Only here the conflict names no id at all (2025).
    if (refusal instanceof DuplicateContact) throw new WholeBatchConflict(refusal)
    throw refusal
  }
  refuseSameKeyTwice(call, type, rows)
  return batchAnswer(call, 201, { rows: rows.map(({ write }) => write()), refusals: [] })
}

/** [R] The form of 2021 named the first id, that of 2025 names none; the second is the default. */
export class WholeBatchConflict extends Refusal {
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
  const tie = inlineTies(portal, type, asArray(input['associations'] ?? []))
  const write = (): Row => {
    const record = createRecord(portal, type, checked)
    tie(record)
    return traced(input, recordBody(portal, record, record.values.keys()))
  }
  return { values: checked.values, write }
}

/** [I] All rows are checked before the first is written, so a key that two of them bring shows only here. */
function refuseSameKeyTwice({ portal }: Call, type: ObjectType, rows: readonly CheckedRow[]): void {
  const seen = new Set<string>()
  for (const { values } of rows) {
    const keys = keysAmong(type, values, portal.registry)
    for (const { property, value } of keys) {
      if (!seen.has(`${property}\n${value}`)) continue
      const [existingId, newId] = [portal.records.newId(), portal.records.newId()]
      const { legacyName } = OBJECT_TYPES[type]
      throw valueTaken({ portalId: portal.settings().portalId, legacyName, property, value, newId, existingId })
    }
    for (const { property, value } of keys) seen.add(`${property}\n${value}`)
  }
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
