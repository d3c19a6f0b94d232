// The records of the CRM in memory.

import { randomUUID } from 'node:crypto'
import { entriesOf } from '../../domain/fields.ts'
import type { CompanyField, ContactField, Field, Values } from '../../domain/fields.ts'

/** The records, as the users of the CRM see and change them. */
export interface MemoryRecords {
  contacts: MemoryRecord<ContactField>[]
  companies: MemoryRecord<CompanyField>[]
}

export interface MemoryRecord<Name extends Field> {
  id: string
  /** The ids of the records that users have merged into this one. */
  formerIds: string[]
  /** Unique: the customer's id on a contact, the organization's on a company; `null` on a record that users created. */
  key: string | null
  /** On a contact: the key of its company. */
  companyKey: string | null
  values: Values<Name>
  /** The additional addresses of a contact. No two contacts share an address. */
  otherEmails: string[]
  /** Event time of the newest value that onramp has written; 0 for none. */
  lastEventAt: number
  /** The companies with which a contact is associated, the primary one first. */
  companyIds: string[]
}

export function create<Name extends Field>(records: MemoryRecord<Name>[]): MemoryRecord<Name> {
  const id = randomUUID()
  const own = { key: null, companyKey: null, lastEventAt: 0 }
  const record = { id, formerIds: [], ...own, values: {}, otherEmails: [], companyIds: [] }
  records.push(record)
  return record
}

/** Finds a merged record by its former id as well. */
export function withId<Name extends Field>(records: MemoryRecord<Name>[], wanted: string | null) {
  return records.find(({ id, formerIds }) => wanted !== null && [id, ...formerIds].includes(wanted))
}

export function remove<Name extends Field>(records: MemoryRecord<Name>[], record: MemoryRecord<Name>): void {
  records.splice(records.indexOf(record), 1)
}

/** Writes the values whose fields are empty on the record; returns the fields that keep another value. */
export function fillIn<Name extends Field>(record: MemoryRecord<Name>, values: Values<Name>): Name[] {
  const kept = entriesOf(values).filter(([field, value]) => record.values[field] && record.values[field] !== value)
  for (const [field, value] of entriesOf(values)) record.values[field] ||= value
  return kept.map(([field]) => field)
}

export function write<Name extends Field>(record: MemoryRecord<Name>, values: Values<Name>, lastEventAt: number): void {
  Object.assign(record.values, values)
  record.lastEventAt = Math.max(record.lastEventAt, lastEventAt)
}
