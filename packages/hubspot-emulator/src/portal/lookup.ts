// Finds a record by its id or by one of its other keys.

import { idNotNumeric, resourceNotFound } from '../errors.ts'
import type { ObjectType } from './object-types.ts'
import type { Portal } from './portal.ts'
import type { CrmRecord } from './record.ts'

/** True when the property identifies a record of this type. `domain` does not [C]. */
export function isKey(portal: Portal, type: ObjectType, property: string): boolean {
  if (property === 'hs_object_id') return true
  if (type === 'contacts' && property === 'email') return true
  return portal.registry.property(type, property)?.hasUniqueValue === true
}

/** Finds an active record. A contact's additional addresses find it too [C]. */
export function findByKey(portal: Portal, type: ObjectType, property: string, value: string): CrmRecord | undefined {
  if (property === 'hs_object_id') return portal.records.active(type, value)
  if (!isKey(portal, type, property)) return undefined
  const key = type === 'contacts' && property === 'email' ? value.trim().toLowerCase() : value
  return portal.records.byKey(type, { property, value: key })
}

/** @throws ApiError HubSpot's 404 */
export function activeRecord(portal: Portal, type: ObjectType, id: string, idProperty: string | null): CrmRecord {
  if (idProperty !== null) {
    const found = findByKey(portal, type, idProperty, id)
    if (found === undefined) throw resourceNotFound()
    return found
  }
  if (!/^\d+$/.test(id)) throw idNotNumeric(id)
  const record = portal.records.active(type, id)
  if (record === undefined) throw resourceNotFound()
  return record
}
