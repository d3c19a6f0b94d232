// The start page: lists and searches all contacts and companies.

import type { Emulator } from '../emulator.ts'
import type { ObjectType } from '../portal/object-types.ts'
import type { Portal } from '../portal/portal.ts'
import type { CrmRecord } from '../portal/record.ts'
import { html, layout, type Html, type Page } from './layout.ts'
import { associatedOf, linkTo, primaryOf, timeText } from './record-names.ts'

const SHOWN = 100

export function recordsPage(emulator: Emulator, query: URLSearchParams): Page {
  const wanted = query.get('q')?.trim() ?? ''
  const body = html`
    <h1>Records</h1>
    <p class="soft">
      A portal’s records are in clear, here and in the emulator’s file, as HubSpot shows them to its users. Use no real
      customers.
    </p>
    <form>
      <input name="q" value="${wanted}" placeholder="Name, address or domain" aria-label="Find a record" />
      <button>Find</button>
      ${wanted === '' ? null : html`<a href="/">Show all</a>`}
    </form>
    ${section(emulator.portal, 'contacts', wanted, ['Name', 'E-mail', 'Phone', 'Company', 'Changed'])}
    ${section(emulator.portal, 'companies', wanted, ['Name', 'Domain', 'Phone', 'Contacts', 'Changed'])}
  `
  return { status: 200, html: layout(emulator, { title: 'Records', current: 'records', watches: 'portal', body }) }
}

function section(portal: Portal, type: ObjectType, wanted: string, heads: string[]): Html {
  const title = type === 'contacts' ? 'Contacts' : 'Companies'
  // Newest first, since the reader most often looks for a record that was just created.
  const found = [...portal.records.all(type)]
    .filter((record) => record.archivedAt === null && matches(record, wanted.toLowerCase()))
    .reverse()
  const heading = html`<h2>${title} <span class="count">${found.length}</span></h2>`
  if (found.length === 0) {
    return html`${heading}
      <p class="empty">No ${title.toLowerCase()} ${wanted === '' ? 'yet' : 'like this'}.</p>`
  }
  const row = type === 'contacts' ? contactRow : companyRow
  return html`${heading}
    <div class="scroll">
      <table>
        <thead>
          <tr>
            ${heads.map((head) => html`<th scope="col">${head}</th>`)}
          </tr>
        </thead>
        <tbody>
          ${found.slice(0, SHOWN).map((record) => row(portal, record))}
        </tbody>
      </table>
    </div>
    ${found.length > SHOWN ? html`<p class="soft">The newest ${SHOWN} of ${found.length}.</p>` : null}`
}

function contactRow(portal: Portal, record: CrmRecord): Html {
  const { values } = record
  const companies = associatedOf(portal, record)
  const shown = primaryOf(portal, record) ?? companies[0]
  const others = companies.length - 1
  const company = shown === undefined ? null : html`${linkTo(portal, shown)} ${others > 0 ? `and ${others} more` : ''}`
  return html`<tr>
    <td>${linkTo(portal, record)}</td>
    <td>${values.get('email')}</td>
    <td class="short">${values.get('phone')}</td>
    <td>${company}</td>
    <td class="short soft">${timeText(record.updatedAt)}</td>
  </tr>`
}

function companyRow(portal: Portal, record: CrmRecord): Html {
  const { values } = record
  return html`<tr>
    <td>${linkTo(portal, record)}</td>
    <td>${values.get('domain')}</td>
    <td class="short">${values.get('phone')}</td>
    <td>${associatedOf(portal, record).length}</td>
    <td class="short soft">${timeText(record.updatedAt)}</td>
  </tr>`
}

const SEARCHED = ['firstname', 'lastname', 'email', 'hs_additional_emails', 'name', 'domain']

function matches({ id, values }: CrmRecord, wanted: string): boolean {
  if (wanted === '' || id === wanted) return true
  const text = SEARCHED.map((name) => values.get(name) ?? '').join(' ')
  return text.toLowerCase().includes(wanted)
}
