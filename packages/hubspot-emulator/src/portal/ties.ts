// Tying records together and apart, with the rules about a contact's one primary company.

import { CONTACT_TO_COMPANY, PRIMARY_COMPANY } from './associations.ts'
import { deriveFromTies } from './computed.ts'
import type { Portal } from './portal.ts'
import type { CrmRecord } from './record.ts'

/** The unlabelled tie; types that are there already stay. A contact's first company becomes its primary one [I]. */
export function tieByDefault(portal: Portal, from: CrmRecord, to: CrmRecord): void {
  const plain = portal.associations.defaultType(from.type, to.type)
  const types = new Set([...portal.associations.typesBetween(from.id, to.id), plain])
  tie(portal, from, to, types)
  const [contact, company] = contactFirst(from, to)
  if (contact === null || hasPrimaryCompany(portal, contact)) return
  tie(portal, contact, company, new Set([...portal.associations.typesBetween(contact.id, company.id), PRIMARY_COMPANY]))
}

/** Sets exactly these types; the unlabelled one comes along with any labelled one [R]. */
export function tieWithTypes(portal: Portal, from: CrmRecord, to: CrmRecord, typeIds: readonly number[]): void {
  tie(portal, from, to, new Set([portal.associations.defaultType(from.type, to.type), ...typeIds]))
}

export function untie(portal: Portal, from: CrmRecord, to: CrmRecord): void {
  tie(portal, from, to, new Set())
}

/** Takes some labels off a tie; without its unlabelled type a tie cannot be, so then all of it goes [D]. */
export function untieTypes(portal: Portal, from: CrmRecord, to: CrmRecord, typeIds: readonly number[]): void {
  const types = new Set(portal.associations.typesBetween(from.id, to.id))
  for (const typeId of typeIds) types.delete(typeId)
  const plain = portal.associations.defaultType(from.type, to.type)
  tie(portal, from, to, types.has(plain) ? types : new Set())
}

export function untieAll(portal: Portal, record: CrmRecord): void {
  for (const otherId of portal.associations.removeAll(record.id)) {
    const other = portal.records.find('contacts', otherId) ?? portal.records.find('companies', otherId)
    if (other !== undefined) settle(portal, other)
  }
  settle(portal, record)
}

function tie(portal: Portal, from: CrmRecord, to: CrmRecord, typeIds: ReadonlySet<number>): void {
  portal.associations.set(from.id, to.id, typeIds)
  const [contact, company] = contactFirst(from, to)
  if (contact !== null && portal.associations.typesBetween(contact.id, company.id).includes(PRIMARY_COMPANY)) {
    demoteOthers(portal, contact, company)
  }
  settle(portal, from)
  settle(portal, to)
}

/** A contact has one primary company: the one before stays associated, without the label [I]. */
function demoteOthers(portal: Portal, contact: CrmRecord, company: CrmRecord): void {
  for (const otherId of portal.associations.associatedWith(contact.id)) {
    const types = new Set(portal.associations.typesBetween(contact.id, otherId))
    if (otherId === company.id || !types.delete(PRIMARY_COMPANY)) continue
    portal.associations.set(contact.id, otherId, types.add(CONTACT_TO_COMPANY))
    portal.tiesChanged(otherId)
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

function settle(portal: Portal, record: CrmRecord): void {
  deriveFromTies(portal, record)
  portal.tiesChanged(record.id)
  portal.changed(record)
}
