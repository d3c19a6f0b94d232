// A contact or a company as the portal keeps it: all values are texts, as HubSpot keeps them.

import type { ObjectType } from './object-types.ts'

export interface Version {
  value: string
  /** Milliseconds since the epoch. */
  at: number
}

export interface CrmRecord {
  readonly id: string
  readonly type: ObjectType
  /** An unset property is absent; HubSpot knows no empty values. */
  readonly values: Map<string, string>
  /** Past and present values of the properties that changed since the record was made, oldest first. */
  readonly history: Map<string, Version[]>
  readonly createdAt: number
  updatedAt: number
  archivedAt: number | null
}

/** HubSpot keeps the last 20 to 45 versions of a value, by kind [D]; one bound is enough here. */
const VERSIONS_KEPT = 20

export const isoTime = (ms: number): string => new Date(ms).toISOString()

/** Sets or, with an empty text, clears a value, and remembers what was there. */
export function setValue(record: CrmRecord, name: string, value: string, at: number): void {
  const before = record.values.get(name) ?? ''
  if (before === value) return
  const versions = record.history.get(name) ?? (before === '' ? [] : [{ value: before, at: record.createdAt }])
  versions.push({ value, at })
  record.history.set(name, versions.slice(-VERSIONS_KEPT))
  if (value === '') record.values.delete(name)
  else record.values.set(name, value)
}

/** Every version of a value that is known, newest first, as HubSpot lists them. */
export function versionsOf(record: CrmRecord, name: string): Version[] {
  const changed = record.history.get(name)
  if (changed !== undefined) return changed.toReversed()
  const value = record.values.get(name)
  return value === undefined ? [] : [{ value, at: record.createdAt }]
}
