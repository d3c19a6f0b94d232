// A record as the API shows it.

import { OBJECT_TYPES } from './object-types.ts'
import type { Portal } from './portal.ts'
import { isoTime, versionsOf, type CrmRecord } from './record.ts'
import type { NormalisedValue } from './values.ts'

export interface ShownRecord {
  id: string
  properties: Record<string, string | null>
  createdAt: string
  updatedAt: string
  archived: boolean
  [more: string]: unknown
}

/** Keys in alphabetical order [R]; a property that is asked for but not set is null. */
export function recordBody(portal: Portal, record: CrmRecord, names: Iterable<string>): ShownRecord {
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

/** What a read shows: the usual properties, or those asked for and the three that always come along [R]. */
export function readNames(portal: Portal, record: CrmRecord, asked: readonly string[]): string[] {
  const info = OBJECT_TYPES[record.type]
  if (asked.length === 0) return [...info.defaultProperties]
  // Names that no property has are left out silently [R].
  const known = asked.filter((name) => portal.registry.property(record.type, name) !== undefined)
  return [...known, 'createdate', 'hs_object_id', info.modifiedAt]
}

/** [R] An update shows what was sent and these. */
const SHOWN_AFTER_UPDATE = [
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
  return [...sent, ...SHOWN_AFTER_UPDATE.filter((name) => record.values.has(name))]
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

/** [D] Only 2026-09 says that it stored another text than it was sent. */
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
