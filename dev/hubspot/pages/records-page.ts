// The first page: all contacts and companies, as a salesperson would find them.

import type { Emulator } from '../emulator.ts'
import type { ObjectType } from '../portal/object-types.ts'
import type { CrmRecord } from '../portal/record.ts'
import { escaped, layout, type Page } from './layout.ts'
import { linkTo } from './record-page.ts'

const SHOWN = 200
const RELOAD_SECONDS = 2

export function recordsPage(emulator: Emulator, url: URL): Page {
  const query = url.searchParams.get('q')?.trim().toLowerCase() ?? ''
  const body = `
    <h1>Records</h1>
    <form><input name="q" value="${escaped(query)}" placeholder="Name, address or domain" aria-label="Find"><button>Find</button></form>
    ${section(emulator, 'contacts', query, ['Name', 'E-mail', 'Phone', 'Company'], contactRow)}
    ${section(emulator, 'companies', query, ['Name', 'Domain', 'Phone', 'Contacts'], companyRow)}`
  return { status: 200, html: layout({ title: 'Records', here: 'records', body, reloadSeconds: RELOAD_SECONDS }) }
}

function section(
  emulator: Emulator,
  type: ObjectType,
  query: string,
  heads: string[],
  row: (emulator: Emulator, record: CrmRecord) => string[],
): string {
  const title = type === 'contacts' ? 'Contacts' : 'Companies'
  // Newest first: that is whom somebody who has just tried something looks for.
  const found = [...emulator.portal.records.all(type)]
    .filter(({ archivedAt, values }) => archivedAt === null && matches(values, query))
    .reverse()
  const rows = found.slice(0, SHOWN).map(
    (record) =>
      `<tr>${row(emulator, record)
        .map((cell) => `<td>${cell}</td>`)
        .join('')}</tr>`,
  )
  const more = found.length > SHOWN ? `<p class="soft">The newest ${SHOWN} of ${found.length}.</p>` : ''
  const table = `<table><thead><tr>${heads.map((head) => `<th>${head}</th>`).join('')}</tr></thead><tbody>${rows.join('')}</tbody></table>${more}`
  const empty = `<p class="empty">No ${title.toLowerCase()} ${query === '' ? 'yet' : 'like this'}.</p>`
  return `<h2>${title} <span class="soft">${found.length}</span></h2>${found.length === 0 ? empty : table}`
}

function contactRow({ portal }: Emulator, record: CrmRecord): string[] {
  const companies = portal.associations
    .associatedWith(record.id)
    .flatMap((id) => portal.records.active('companies', id) ?? [])
  return [
    linkTo(portal, record),
    escaped(record.values.get('email')),
    escaped(record.values.get('phone')),
    companies.map((company) => linkTo(portal, company)).join(', '),
  ]
}

function companyRow({ portal }: Emulator, record: CrmRecord): string[] {
  const contacts = portal.associations
    .associatedWith(record.id)
    .filter((id) => portal.records.active('contacts', id) !== undefined)
  return [
    linkTo(portal, record),
    escaped(record.values.get('domain')),
    escaped(record.values.get('phone')),
    String(contacts.length),
  ]
}

function matches(values: ReadonlyMap<string, string>, query: string): boolean {
  if (query === '') return true
  const searched = ['firstname', 'lastname', 'email', 'name', 'domain'].map((name) => values.get(name) ?? '')
  return searched.join(' ').toLowerCase().includes(query)
}
