// The rows of batches of contacts or companies, and how a record in a response is recognized as the record of a row.

import type { Properties } from '../../properties.ts'
import { isObject } from '../json.ts'
import { addressesOf } from '../responses.ts'
import type { HubSpotResponse } from '../responses.ts'
import { contextOf, textOf } from './rows.ts'
import type { Json } from './rows.ts'

/** A record by its id, or by another property that is unique. */
export interface RecordKey {
  id: string
  idProperty?: string | undefined
}

export interface ReadRow extends RecordKey {
  /** `deleted`: a record that HubSpot users have deleted. */
  of: 'active' | 'deleted'
}

export interface UpdateRow extends RecordKey {
  properties: Properties
}

interface BatchInput {
  id: string
  idProperty?: string
  properties: Properties
  objectWriteTraceId: string
}

/** The SDK's classes for contacts or for companies, which are alike. */
export interface RecordApis {
  basic: {
    getByIdWithHttpInfo(
      id: string,
      properties: string[],
      propertiesWithHistory: undefined,
      associations: undefined,
      archived: boolean,
      idProperty?: string,
    ): Promise<HubSpotResponse>
    createWithHttpInfo(input: { properties: Properties }): Promise<HubSpotResponse>
    updateWithHttpInfo(id: string, input: { properties: Properties }, idProperty?: string): Promise<HubSpotResponse>
  }
  batch: {
    readWithHttpInfo(
      input: { inputs: { id: string }[]; idProperty?: string; properties: string[]; propertiesWithHistory: string[] },
      archived: boolean,
    ): Promise<HubSpotResponse>
    createWithHttpInfo(input: {
      inputs: { properties: Properties; objectWriteTraceId: string }[]
    }): Promise<HubSpotResponse>
    updateWithHttpInfo(input: { inputs: BatchInput[] }): Promise<HubSpotResponse>
  }
}

/** The properties of a new or changed record by which HubSpot has one record for each value. */
export function uniqueValuesIn(properties: Record<string, string | null>, unique: readonly string[]): string[] {
  // A portal may ignore the case of custom unique values, as HubSpot does for e-mail addresses.
  return unique.flatMap((name) => (properties[name] ? [`${name} ${properties[name].trim().toLowerCase()}`] : []))
}

/** Equal for keys that may name the same record. */
export function keyOf({ id }: RecordKey): string {
  return id.trim().toLowerCase()
}

/** The key in the form in which a batch asks for it. Rows that ask for one address, in any letter case, ask in the same form. */
export function askedOf({ id, idProperty }: RecordKey): string {
  return idProperty === 'email' ? keyOf({ id }) : id
}

/** Rows with different properties as their key may name one record, so they do not share a request. */
export function groupOf({ idProperty }: RecordKey): string {
  return idProperty ?? 'id'
}

/**
 * Returns whether the record is certainly the row's. It is not for a merged contact, which has another id, nor for a unique value in other
 * letter case.
 */
export function isRecordOf(record: Json, { id, idProperty }: RecordKey): boolean {
  if (idProperty === undefined) return record['id'] === id
  const properties = isObject(record['properties']) ? record['properties'] : {}
  if (idProperty !== 'email') return properties[idProperty] === id
  const email = textOf(properties['email'])
  const secondary = textOf(properties['hs_additional_emails'])
  return addressesOf({ properties: { email, hs_additional_emails: secondary } }).includes(keyOf({ id }))
}

/** One error names all records that are missing. */
export function namesMissing(error: Json, { id, idProperty }: RecordKey): boolean {
  const named = contextOf(error, 'ids').map((each) => askedOf({ id: each, idProperty }))
  return error['category'] === 'OBJECT_NOT_FOUND' && named.includes(askedOf({ id, idProperty }))
}
