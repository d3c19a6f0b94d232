// A contact or a company in the portal. All values are strings, as in HubSpot.

import type { ObjectType } from './object-types.ts'

export interface Version {
  value: string
  /** Milliseconds since the epoch. */
  at: number
}

export interface CrmRecord {
  readonly id: string
  readonly type: ObjectType
  /** A property without a value is absent; HubSpot has no empty values. */
  readonly values: Map<string, string>
  /** Past and present values of the properties that changed since the record was created, oldest first. */
  readonly history: Map<string, Version[]>
  readonly createdAt: number
  updatedAt: number
  archivedAt: number | null
}

/** HubSpot keeps the last 20 to 45 versions of a value, depending on the object type [D]; one limit is enough here. */
const MAX_VERSIONS = 20

export const isoTime = (ms: number): string => new Date(ms).toISOString()

/** Sets a value and adds it to the property's history. An empty text clears the value. */
export function setValue(record: CrmRecord, name: string, value: string, at: number): void {
  const before = record.values.get(name) ?? ''
  if (before === value) return
  const versions = record.history.get(name) ?? (before === '' ? [] : [{ value: before, at: record.createdAt }])
  versions.push({ value, at })
  record.history.set(name, versions.slice(-MAX_VERSIONS))
  if (value === '') record.values.delete(name)
  else record.values.set(name, value)
}

/** The known versions of a value, newest first, as HubSpot lists them. */
export function versionsOf(record: CrmRecord, name: string): Version[] {
  const changed = record.history.get(name)
  if (changed !== undefined) return changed.toReversed()
  const value = record.values.get(name)
  return value === undefined ? [] : [{ value, at: record.createdAt }]
}
