// One contact with its companies, or one company with its contacts.

import type { Emulator } from '../emulator.ts'
import type { ObjectType } from '../portal/object-types.ts'
import type { Portal } from '../portal/portal.ts'
import { isoTime, type CrmRecord } from '../portal/record.ts'
import { escaped, layout, type Page } from './layout.ts'

export function recordPage({ portal }: Emulator, type: ObjectType, id: string): Page {
  const record = portal.records.find(type, id)
  if (record === undefined) {
    const body = `<h1>No such record</h1><p class="empty">The portal has no ${type === 'contacts' ? 'contact' : 'company'} ${escaped(id)}.</p>`
    return { status: 404, html: layout({ title: 'No such record', here: null, body }) }
  }
  const name = nameOf(record)
  const kind = type === 'contacts' ? 'Contact' : 'Company'
  const body = `
    <p class="soft">${kind} ${escaped(record.id)}${record.archivedAt === null ? '' : ' · <span class="refused">archived</span>'}</p>
    <h1>${escaped(name)}</h1>
    <div class="columns">
      <section><h2>Properties</h2>${propertiesTable(portal, record)}</section>
      <section><h2>${type === 'contacts' ? 'Companies' : 'Contacts'}</h2>${associated(portal, record)}</section>
    </div>`
  return { status: 200, html: layout({ title: name, here: null, body, reloadSeconds: 2 }) }
}

/** A record by its name, leading to its page. */
export function linkTo(portal: Portal, record: CrmRecord): string {
  return `<a href="${escaped(new URL(portal.recordUrl(record), 'http://emulator').pathname)}">${escaped(nameOf(record))}</a>`
}

function nameOf({ id, type, values }: CrmRecord): string {
  const person = `${values.get('firstname') ?? ''} ${values.get('lastname') ?? ''}`.trim()
  const name = type === 'contacts' ? person || values.get('email') : values.get('name') || values.get('domain')
  return name || id
}

/** What people and integrations filled in comes first; HubSpot's own bookkeeping is folded away. */
function propertiesTable(portal: Portal, record: CrmRecord): string {
  const entries = [...record.values].sort(([one], [other]) => one.localeCompare(other))
  const isBookkeeping = (name: string) => /^(hs_|num_|createdate|lastmodifieddate|lifecyclestage)/.test(name)
  const rows = (chosen: [string, string][]) =>
    `<table><tbody>${chosen
      .map(([name, value]) => {
        const label = portal.registry.property(record.type, name)?.label ?? name
        return `<tr><td>${escaped(label)}<br><code class="soft">${escaped(name)}</code></td><td>${escaped(shown(name, value))}</td></tr>`
      })
      .join('')}</tbody></table>`
  const own = entries.filter(([name]) => !isBookkeeping(name))
  const bookkeeping = entries.filter(([name]) => isBookkeeping(name))
  return `${rows(own)}<details><summary class="soft">HubSpot’s own ${bookkeeping.length}</summary>${rows(bookkeeping)}</details>`
}

function shown(name: string, value: string): string {
  return name === 'onramp_last_event_at' && /^\d{1,14}$/.test(value) ? `${value} (${isoTime(Number(value))})` : value
}

function associated(portal: Portal, record: CrmRecord): string {
  const other = record.type === 'contacts' ? 'companies' : 'contacts'
  const cards = portal.associations.associatedWith(record.id).flatMap((id) => {
    const to = portal.records.active(other, id)
    if (to === undefined) return []
    const isPrimary = portal.associations
      .typesBetween(record.id, id)
      .some((typeId) => portal.associations.definition(typeId)?.label === 'Primary')
    const detail = to.values.get(other === 'companies' ? 'domain' : 'email') ?? ''
    return [
      `<div class="card">${linkTo(portal, to)} ${isPrimary ? '<span class="badge">Primary</span>' : ''}<br><span class="soft">${escaped(detail)}</span></div>`,
    ]
  })
  return cards.join('') || '<p class="empty">None is associated.</p>'
}
