// The JSON of a record in the API.

import { OBJECT_TYPES } from './object-types.ts'
import type { Portal } from './portal.ts'
import { isoTime, versionsOf, type CrmRecord } from './record.ts'
import type { NormalisedValue } from './values.ts'

export interface RecordBody {
  id: string
  properties: Record<string, string | null>
  createdAt: string
  updatedAt: string
  archived: boolean
  [more: string]: unknown
}

/** The properties are in alphabetical order [R]; a requested property without a value is `null`. */
export function recordBody(portal: Portal, record: CrmRecord, names: Iterable<string>): RecordBody {
  const properties: Record<string, string | null> = {}
  for (const name of [...new Set(names)].toSorted()) properties[name] = record.values.get(name) ?? null
  return {
    id: record.id,
    properties,
    createdAt: isoTime(record.createdAt),
    updatedAt: isoTime(record.updatedAt),
    archived: record.archivedAt !== null,
    ...(record.archivedAt === null ? {} : { archivedAt: isoTime(record.archivedAt) }),
    url: portal.recordUrl(record),
  }
}

/** The properties in the response to a read: the default ones, or the requested ones and three that every response has [R]. */
export function readNames(portal: Portal, record: CrmRecord, requested: readonly string[]): string[] {
  const info = OBJECT_TYPES[record.type]
  if (requested.length === 0) return [...info.defaultProperties]
  // HubSpot silently omits names of unknown properties [R].
  const known = requested.filter((name) => portal.registry.property(record.type, name) !== undefined)
  return [...known, 'createdate', 'hs_object_id', info.modifiedAt]
}

/** [R] The response to an update has the properties that were sent, and these. */
const UPDATE_PROPERTIES = [
  'createdate',
  'hs_is_unworked',
  'hs_object_id',
  'hs_object_source',
  'hs_object_source_id',
  'hs_object_source_label',
  'hs_pipeline',
  'lastmodifieddate',
  'hs_lastmodifieddate',
  'lifecyclestage',
]

export function updateNames(record: CrmRecord, sent: Iterable<string>): string[] {
  return [...sent, ...UPDATE_PROPERTIES.filter((name) => record.values.has(name))]
}

export function historyBody(record: CrmRecord, names: readonly string[]): Record<string, unknown[]> {
  const histories: Record<string, unknown[]> = {}
  for (const name of [...new Set(names)].toSorted()) {
    histories[name] = versionsOf(record, name).map(({ value, at }) => ({
      value,
      timestamp: isoTime(at),
      sourceType: 'INTEGRATION',
      sourceId: record.values.get('hs_object_source_id') ?? '',
      updatedByUserId: null,
    }))
  }
  return histories
}

/** [D] The warnings of a write that stored another text than the client sent. Only 2026-09 has them. */
export function warningsBody(normalised: readonly NormalisedValue[]): Record<string, unknown> {
  if (normalised.length === 0) return {}
  return {
    warnings: normalised.map(({ propertyName, rawValue, normalizedValue }) => ({
      category: 'PROPERTY_VALUE_NORMALIZED',
      context: { normalizedValue: [normalizedValue], propertyName: [propertyName], rawValue: [rawValue] },
      message: `The value of ${propertyName} was normalized.`,
    })),
  }
}
