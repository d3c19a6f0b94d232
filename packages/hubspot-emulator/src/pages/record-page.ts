// The page of one contact or company, as a salesperson would see it: main facts, properties, history, associated records.

import type { Emulator } from '../emulator.ts'
import type { ObjectType } from '../portal/object-types.ts'
import type { Portal } from '../portal/portal.ts'
import type { CrmRecord } from '../portal/record.ts'
import { html, layout, type Html, type Page } from './layout.ts'
import { associatedOf, isPrimary, linkTo, nameOf, timeText } from './record-names.ts'

export function recordPage(emulator: Emulator, type: ObjectType, id: string): Page {
  const { portal } = emulator
  const record = portal.records.find(type, id)
  const kind = type === 'contacts' ? 'contact' : 'company'
  if (record === undefined) {
    const title = `No such ${kind}`
    const body = html`<h1>${title}</h1>
      <p class="empty">The portal has no ${kind} ${id}.</p>`
    return { status: 404, html: layout(emulator, { title, current: null, watches: 'portal', body }) }
  }
  const body = html`<div class="columns ${kind}">
    <section class="card">${facts(record)}</section>
    <section>${properties(portal, record)}${history(portal, record)}</section>
    <section>${associatedRecords(portal, record)}</section>
  </div>`
  return {
    status: 200,
    html: layout(emulator, { title: nameOf(record), current: null, watches: 'portal', body }),
  }
}

/** Name, addresses and phone number. */
function facts(record: CrmRecord): Html {
  const { type, values } = record
  const initials = nameOf(record)
    .split(/\s+/)
    .slice(0, 2)
    .map((word) => word.charAt(0).toUpperCase())
    .join('')
  const fact = (label: string, name: string): Html => {
    const value = values.get(name)
    return value === undefined
      ? html``
      : html`<dt>${label}</dt>
          <dd>${value}</dd>`
  }
  const address = ['address', 'zip', 'city', 'state', 'country'].flatMap((name) => values.get(name) ?? [])
  return html`
    <div class="avatar" aria-hidden="true">${initials}</div>
    <h1>${nameOf(record)}</h1>
    <p class="soft">
      ${type === 'contacts' ? 'Contact' : 'Company'} ${record.id}
      ${record.archivedAt === null ? null : html`<span class="badge alert">archived</span>`}
    </p>
    <dl>
      ${fact('Job title', 'jobtitle')} ${fact('E-mail', 'email')} ${fact('Additional e-mails', 'hs_additional_emails')}
      ${fact('Domain', 'domain')} ${fact('Phone', 'phone')} ${fact('Web site', 'website')}
      ${
        address.length === 0
          ? null
          : html`<dt>Address</dt>
              <dd>${address.join(', ')}</dd>`
      }
      ${fact('Lifecycle stage', 'lifecyclestage')}
    </dl>
  `
}

/** All properties by group. Those that HubSpot sets itself are collapsed. */
function properties(portal: Portal, record: CrmRecord): Html {
  const rows = [...record.values]
    .map(([name, value]) => ({ name, value, property: portal.registry.anyProperty(record.type, name) }))
    .toSorted((a, b) => a.name.localeCompare(b.name))
  const editable = rows.filter(({ name, property }) => property?.readOnly === false && !isSetByHubSpot(name))
  const setByHubSpot = rows.filter((row) => !editable.includes(row))
  const table = (chosen: typeof rows): Html =>
    html`<div class="scroll">
      <table>
        <tbody>
          ${chosen.map(
            ({ name, value, property }) =>
              html`<tr>
                <td>${property?.label ?? name}<br /><code class="soft">${name}</code></td>
                <td class="value">${value}</td>
              </tr>`,
          )}
        </tbody>
      </table>
    </div>`
  const groups = portal.registry.groups(record.type).flatMap(({ name, label }) => {
    const chosen = editable.filter(({ property }) => property?.groupName === name)
    return chosen.length === 0
      ? []
      : [
          html`<h2>${label}</h2>
            ${table(chosen)}`,
        ]
  })
  return html`${groups}
    <h2>Set by HubSpot</h2>
    <details id="set-by-hubspot">
      <summary>${setByHubSpot.length} properties</summary>
      ${table(setByHubSpot)}
    </details>`
}

/** True for properties that users do not edit. The API accepts values for some of them. */
const isSetByHubSpot = (name: string): boolean => name.startsWith('hs_') || name === 'associatedcompanyid'

const MAX_EVENTS = 30

function history(portal: Portal, record: CrmRecord): Html {
  const changes = [...record.history].flatMap(([name, versions]) =>
    versions.flatMap(({ value, at }, index) => {
      const before = versions[index - 1]?.value ?? ''
      // A first version from the time of the creation is no change.
      return index === 0 && at === record.createdAt ? [] : [{ at, name, value, before }]
    }),
  )
  const items = changes
    .filter(({ name }) => portal.registry.anyProperty(record.type, name)?.readOnly === false && !isSetByHubSpot(name))
    .toSorted((a, b) => b.at - a.at)
    .slice(0, MAX_EVENTS)
    .map(({ at, name, value, before }) => {
      const label = portal.registry.anyProperty(record.type, name)?.label ?? name
      const change = value === '' ? html`was cleared` : html`is now <strong>${value}</strong>`
      const former = before === '' ? null : html`<span class="soft">, was ${before}</span>`
      return html`<li>${label} ${change}${former}<br /><span class="soft">${timeText(at)}</span></li>`
    })
  const source = record.values.get('hs_object_source_label') ?? ''
  return html`<h2>History</h2>
    <ol class="events card">
      ${items}
      <li>Created by ${source}<br /><span class="soft">${timeText(record.createdAt)}</span></li>
    </ol>`
}

function associatedRecords(portal: Portal, record: CrmRecord): Html {
  const isContact = record.type === 'contacts'
  const others = associatedOf(portal, record)
  const cards = others.map(
    (other) =>
      html`<div class="card">
        ${linkTo(portal, other)} ${isPrimary(portal, record, other) ? html`<span class="badge">Primary</span>` : null}
        <div class="soft">${other.values.get(isContact ? 'domain' : 'email')}</div>
        <div class="soft">${other.values.get('phone')}</div>
      </div>`,
  )
  const none = html`<p class="empty">${isContact ? 'No company is associated.' : 'No contact is associated.'}</p>`
  return html`<h2>${isContact ? 'Companies' : 'Contacts'} <span class="count">${others.length}</span></h2>
    ${cards.length === 0 ? none : cards}`
}
