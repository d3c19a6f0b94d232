// Reads, creates and updates of contacts and companies: each row alone, or up to 100 in one request.

import type { Properties } from '../../properties.ts'
import type { BatchKind } from '../batch-kind.ts'
import { propertiesOf, recordIn, recordOf } from '../responses.ts'
import type { HubSpotRecord } from '../responses.ts'
import { askedOf, groupOf, isRecordOf, keyOf, namesMissing, uniqueValuesIn } from './record-rows.ts'
import type { ReadRow, RecordApis, UpdateRow } from './record-rows.ts'
import { namesTrace, outcomesOf, traceIdOf } from './rows.ts'
import type { Json } from './rows.ts'

// HubSpot's limit for one batch of records.
const MAX_ROWS = 100

interface RecordOptions extends RecordApis {
  object: 'contact' | 'company'
  /** The properties that a read asks for. They include those by which records are read. */
  read: string[]
  /** The properties of which HubSpot has one record for each value. */
  unique: readonly string[]
}

export interface RecordBatches {
  read: BatchKind<ReadRow, HubSpotRecord>
  create: BatchKind<Properties, HubSpotRecord>
  update: BatchKind<UpdateRow, HubSpotRecord>
}

export function recordBatches(options: RecordOptions): RecordBatches {
  return { read: reads(options), create: creates(options), update: updates(options) }
}

function reads({ object, basic, batch, read }: RecordOptions): RecordBatches['read'] {
  return {
    kind: `${object}.read`,
    maxRows: MAX_ROWS,
    groupOf: (row) => `${row.of} ${groupOf(row)}`,
    recordsOf: () => [],
    sendOne: async ({ id, idProperty, of }) =>
      recordIn(await basic.getByIdWithHttpInfo(id, read, undefined, undefined, of === 'deleted', idProperty)),
    async sendMany(rows) {
      const { idProperty, of } = rows[0] as ReadRow
      const inputs = [...new Set(rows.map((row) => askedOf(row)))].map((id) => ({ id }))
      const request = { inputs, ...(idProperty && { idProperty }), properties: read, propertiesWithHistory: [] }
      return await outcomesOf(batch.readWithHttpInfo(request, of === 'deleted'), rows, {
        isResultOf: isRecordOf,
        isErrorOf: namesMissing,
        answerOf: (result, _, response) => recordOf(result, response),
      })
    },
  }
}

function creates({ object, basic, batch, unique }: RecordOptions): RecordBatches['create'] {
  return {
    kind: `${object}.create`,
    maxRows: MAX_ROWS,
    groupOf: () => '',
    recordsOf: (properties) => uniqueValuesIn(properties, unique),
    sendOne: async (properties) => recordIn(await basic.createWithHttpInfo({ properties })),
    async sendMany(rows) {
      // Without trace ids, HubSpot rejects the whole batch for one bad row.
      const inputs = rows.map((properties, index) => ({ properties, objectWriteTraceId: traceIdOf(index) }))
      return await outcomesOf(batch.createWithHttpInfo({ inputs }), rows, {
        isResultOf: (result, row, index) => isWriteOf(result, index, () => sharesValue(result, row, unique)),
        isErrorOf: (error, _, index) => namesTrace(error, index),
        answerOf: (result, _, response) => recordOf(result, response),
      })
    },
  }
}

function updates({ object, basic, batch, unique }: RecordOptions): RecordBatches['update'] {
  return {
    kind: `${object}.update`,
    maxRows: MAX_ROWS,
    groupOf,
    recordsOf: (row) => [keyOf(row), ...uniqueValuesIn(row.properties, unique)],
    sendOne: async ({ id, idProperty, properties }) =>
      recordIn(await basic.updateWithHttpInfo(id, { properties }, idProperty)),
    async sendMany(rows) {
      const inputs = rows.map(({ id, idProperty, properties }, index) => ({
        id,
        ...(idProperty && { idProperty }),
        properties,
        objectWriteTraceId: traceIdOf(index),
      }))
      return await outcomesOf(batch.updateWithHttpInfo({ inputs }), rows, {
        isResultOf: (result, row, index) => isWriteOf(result, index, () => isRecordOf(result, row)),
        isErrorOf: (error, row, index) => namesTrace(error, index) || namesMissing(error, row),
        answerOf: (result, _, response) => recordOf(result, response),
      })
    },
  }
}

/** Whether the result is the row's: by its trace id or, without one, by a key of the record. */
function isWriteOf(result: Json, index: number, isSame: () => boolean): boolean {
  const traceId = result['objectWriteTraceId']
  return traceId === undefined || traceId === null ? isSame() : traceId === traceIdOf(index)
}

function sharesValue(result: Json, row: Properties, unique: readonly string[]): boolean {
  const values = uniqueValuesIn(propertiesOf(result), unique)
  return uniqueValuesIn(row, unique).some((value) => values.includes(value))
}
