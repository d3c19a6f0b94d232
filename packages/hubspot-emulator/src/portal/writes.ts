// Creates, updates and archives records. Each write checks everything first, then writes, in one turn of the event loop.

import { blockedAddress, companyWithoutIdentity, nothingToUpdate, requiredMissing, valueTaken } from '../errors.ts'
import { ApiError } from '../api-error.ts'
import type { ApiVersion } from '../versions.ts'
import { completeNew, derive, type Source } from './computed.ts'
import { LIFECYCLE_STAGES } from './contact-properties.ts'
import { keysAmong } from './key-index.ts'
import { OBJECT_TYPES, type ObjectType } from './object-types.ts'
import type { Portal } from './portal.ts'
import { isoTime, setValue, type CrmRecord } from './record.ts'
import { dissociateAll } from './association-rules.ts'
import { addressesIn, checkedValues, type CheckedValues } from './values.ts'

/** [R] The address belongs to another contact. The setting `conflictForm` decides the body of the response. */
export class DuplicateContact extends ApiError {
  readonly existingId: string
  readonly email: string

  constructor(existingId: string, email: string) {
    super(409, { message: `Contact already exists. Existing ID: ${existingId}`, category: 'CONFLICT' })
    this.existingId = existingId
    this.email = email
  }
}

export type WriteInput = Record<string, unknown>

/**
 * Checks the values of a new record and returns them normalized.
 *
 * @throws ApiError HubSpot's error when it would reject the record
 */
export function checkNew(portal: Portal, type: ObjectType, input: WriteInput, version: ApiVersion): CheckedValues {
  const checked = checkedValues(type, input, portal.registry)
  const has = (name: string): boolean => (checked.values.get(name) ?? '') !== ''
  if (version === '2026-09') requireValues(portal, type, checked.values, requiredProperties(portal, type))
  if (type === 'companies' && !has('name') && !has('domain')) throw companyWithoutIdentity()
  checkKeys(portal, type, checked.values, null)
  return checked
}

export function createRecord(
  portal: Portal,
  type: ObjectType,
  checked: CheckedValues,
  { source = 'INTEGRATION', id = portal.records.newId() }: { source?: Source; id?: string } = {},
): CrmRecord {
  const now = portal.clock.now()
  const given = [...checked.values].filter(([, value]) => value !== '')
  const record: CrmRecord = {
    id,
    type,
    values: new Map(given),
    history: new Map(),
    createdAt: now,
    updatedAt: now,
    archivedAt: null,
  }
  completeNew(record, source)
  portal.records.add(record)
  portal.changed(record)
  return record
}

export function checkChange(portal: Portal, record: CrmRecord, input: WriteInput, version: ApiVersion): CheckedValues {
  if (Object.keys(input).length === 0) throw nothingToUpdate()
  const checked = checkedValues(record.type, input, portal.registry)
  if (version === '2026-09') {
    // A required value that was already missing may stay missing. Only a write that clears a required value is rejected [I].
    const cleared = requiredProperties(portal, record.type).filter((name) => checked.values.get(name) === '')
    requireValues(portal, record.type, new Map([...record.values, ...checked.values]), cleared)
  }
  checkKeys(portal, record.type, checked.values, record)
  return checked
}

export function changeRecord(portal: Portal, record: CrmRecord, checked: CheckedValues): void {
  const now = portal.clock.now()
  portal.records.keys.release(record, portal.records.keysOf(record))
  for (const [name, value] of checked.values) {
    if (name === 'lifecyclestage' && isBackwards(record.values.get(name), value)) continue
    setValue(record, name, value, now)
  }
  dropPrimaryFromAdditional(record, now)
  derive(record, now)
  record.updatedAt = now
  record.values.set(OBJECT_TYPES[record.type].modifiedAt, isoTime(now))
  portal.records.keys.claim(record, portal.records.keysOf(record))
  portal.changed(record)
}

/** Archives a record, which frees its keys and removes its associations [R]. */
export function archiveRecord(portal: Portal, record: CrmRecord): void {
  portal.records.keys.release(record, portal.records.keysOf(record))
  record.archivedAt = portal.clock.now()
  dissociateAll(portal, record)
}

/** Removes the record permanently, as the GDPR requires. */
export function eraseRecord(portal: Portal, record: CrmRecord): void {
  portal.erased(record)
  dissociateAll(portal, record)
  portal.records.remove(record)
  portal.removed(record)
}

function checkKeys(
  portal: Portal,
  type: ObjectType,
  values: ReadonlyMap<string, string>,
  self: CrmRecord | null,
): void {
  for (const key of keysAmong(type, values, portal.registry)) {
    if (key.property === 'email' && portal.blockedAddresses.has(key.value)) throw blockedAddress(key.value)
    const existingId = portal.records.keys.ownerOf(type, key)
    if (existingId === undefined || existingId === self?.id) continue
    if (type === 'contacts' && key.property === 'email') throw new DuplicateContact(existingId, key.value)
    throw valueTaken({
      portalId: portal.settings().portalId,
      legacyName: OBJECT_TYPES[type].legacyName,
      ...key,
      // [R] HubSpot names the id that the rejected record would have had.
      newId: self?.id ?? portal.records.newId(),
      existingId,
    })
  }
}

/** [D] Only dated paths from 2026-09 on enforce the properties that the administrator requires. */
function requireValues(
  portal: Portal,
  type: ObjectType,
  values: ReadonlyMap<string, string>,
  needed: readonly string[],
): void {
  const isMissing = (name: string): boolean => (values.get(name) ?? '') === ''
  const rules = portal
    .settings()
    .conditionallyRequired.filter((rule) => rule.type === type && values.get(rule.when) === rule.is)
  const missing = needed.filter(isMissing)
  const missingByRule = rules.flatMap((rule) => rule.requires).filter(isMissing)
  if (missing.length + missingByRule.length > 0) throw requiredMissing(missing, missingByRule)
}

function requiredProperties(portal: Portal, type: ObjectType): readonly string[] {
  const settings = portal.settings()
  return type === 'contacts' ? settings.requiredContactProperties : settings.requiredCompanyProperties
}

/** [C] The API moves the stage forward only. To move it back, a client clears it first. */
function isBackwards(from: string | undefined, to: string): boolean {
  if (from === undefined || to === '') return false
  const order = Object.keys(LIFECYCLE_STAGES)
  return order.indexOf(to) < order.indexOf(from)
}

/** Removes the primary address from the additional ones [I]. */
function dropPrimaryFromAdditional(record: CrmRecord, at: number): void {
  if (record.type !== 'contacts') return
  const additional = addressesIn(record.values.get('hs_additional_emails') ?? '')
  const primary = record.values.get('email')
  if (primary === undefined || !additional.includes(primary)) return
  setValue(record, 'hs_additional_emails', additional.filter((address) => address !== primary).join(';'), at)
}
