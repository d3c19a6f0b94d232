// Associates and dissociates records, with HubSpot's rule of one primary company per contact.

import { CONTACT_TO_COMPANY, PRIMARY_COMPANY } from './associations.ts'
import { deriveFromAssociations } from './computed.ts'
import type { Portal } from './portal.ts'
import type { CrmRecord } from './record.ts'

/** Adds the unlabelled type and keeps existing types. A contact's first company becomes its primary company [I]. */
export function associateByDefault(portal: Portal, from: CrmRecord, to: CrmRecord): void {
  const plain = portal.associations.defaultType(from.type, to.type)
  const types = new Set([...portal.associations.typesBetween(from.id, to.id), plain])
  setTypes(portal, from, to, types)
  const [contact, company] = contactFirst(from, to)
  if (contact === null || hasPrimaryCompany(portal, contact)) return
  const withPrimary = new Set([...portal.associations.typesBetween(contact.id, company.id), PRIMARY_COMPANY])
  setTypes(portal, contact, company, withPrimary)
}

/** Replaces the types with these and the unlabelled type, which every labelled association also has [R]. */
export function associateWithTypes(portal: Portal, from: CrmRecord, to: CrmRecord, typeIds: readonly number[]): void {
  setTypes(portal, from, to, new Set([portal.associations.defaultType(from.type, to.type), ...typeIds]))
}

export function dissociate(portal: Portal, from: CrmRecord, to: CrmRecord): void {
  setTypes(portal, from, to, new Set())
}

/** Removes some types of an association. Removing the unlabelled type removes the whole association [D]. */
export function removeTypes(portal: Portal, from: CrmRecord, to: CrmRecord, typeIds: readonly number[]): void {
  const types = new Set(portal.associations.typesBetween(from.id, to.id))
  for (const typeId of typeIds) types.delete(typeId)
  const plain = portal.associations.defaultType(from.type, to.type)
  setTypes(portal, from, to, types.has(plain) ? types : new Set())
}

export function dissociateAll(portal: Portal, record: CrmRecord): void {
  for (const otherId of portal.associations.removeAll(record.id)) {
    const other = portal.records.find('contacts', otherId) ?? portal.records.find('companies', otherId)
    if (other !== undefined) refresh(portal, other)
  }
  refresh(portal, record)
}

function setTypes(portal: Portal, from: CrmRecord, to: CrmRecord, typeIds: ReadonlySet<number>): void {
  portal.associations.set(from.id, to.id, typeIds)
  const [contact, company] = contactFirst(from, to)
  if (contact !== null && portal.associations.typesBetween(contact.id, company.id).includes(PRIMARY_COMPANY)) {
    demoteOthers(portal, contact, company)
  }
  refresh(portal, from)
  refresh(portal, to)
}

/** A contact has one primary company. The former primary company stays associated, without the label [I]. */
function demoteOthers(portal: Portal, contact: CrmRecord, company: CrmRecord): void {
  for (const otherId of portal.associations.associatedWith(contact.id)) {
    const types = new Set(portal.associations.typesBetween(contact.id, otherId))
    if (otherId === company.id || !types.delete(PRIMARY_COMPANY)) continue
    portal.associations.set(contact.id, otherId, types.add(CONTACT_TO_COMPANY))
    portal.associationsChanged(otherId)
  }
}

function hasPrimaryCompany(portal: Portal, contact: CrmRecord): boolean {
  const others = portal.associations.associatedWith(contact.id)
  return others.some((id) => portal.associations.typesBetween(contact.id, id).includes(PRIMARY_COMPANY))
}

function contactFirst(one: CrmRecord, other: CrmRecord): [CrmRecord, CrmRecord] | [null, null] {
  if (one.type === 'contacts' && other.type === 'companies') return [one, other]
  return one.type === 'companies' && other.type === 'contacts' ? [other, one] : [null, null]
}

/** Computes the record's values that depend on associations, and reports the change. */
function refresh(portal: Portal, record: CrmRecord): void {
  deriveFromAssociations(portal, record)
  portal.associationsChanged(record.id)
  portal.changed(record)
}
