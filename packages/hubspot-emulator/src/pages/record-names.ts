// The display name of a record, links to it, and its associated records.

import type { Portal } from '../portal/portal.ts'
import { isoTime, type CrmRecord } from '../portal/record.ts'
import { html, type Html } from './layout.ts'

export function nameOf({ id, type, values }: CrmRecord): string {
  const fullName = `${values.get('firstname') ?? ''} ${values.get('lastname') ?? ''}`.trim()
  const name = type === 'contacts' ? fullName || values.get('email') : values.get('name') || values.get('domain')
  return name || id
}

/** A link to the record's page, with its name. */
export function linkTo(portal: Portal, record: CrmRecord): Html {
  return html`<a href="${pathTo(portal, record)}">${nameOf(record)}</a>`
}

/** A time as text, in UTC. */
export const timeText = (ms: number): string => `${isoTime(ms).slice(0, 19).replace('T', ' ')} UTC`

/** The path of the record's page in the emulator, even when `recordUrlBase` is another address. */
const pathTo = (portal: Portal, record: CrmRecord): string =>
  portal.recordUrl(record).slice(portal.settings().recordUrlBase.length)

/** A contact's companies, or a company's contacts. */
export function associatedOf(portal: Portal, record: CrmRecord): CrmRecord[] {
  const other = record.type === 'contacts' ? 'companies' : 'contacts'
  return portal.associations.associatedWith(record.id).flatMap((id) => portal.records.active(other, id) ?? [])
}

export function primaryOf(portal: Portal, contact: CrmRecord): CrmRecord | undefined {
  return associatedOf(portal, contact).find((company) => isPrimary(portal, contact, company))
}

export function isPrimary(portal: Portal, one: CrmRecord, other: CrmRecord): boolean {
  const types = portal.associations.typesBetween(one.id, other.id)
  return types.some((typeId) => portal.associations.definition(typeId)?.label === 'Primary')
}
