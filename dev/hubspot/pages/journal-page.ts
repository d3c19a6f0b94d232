// What was asked of the portal, newest first, with filters.

import type { Emulator } from '../emulator.ts'
import type { JournalEntry } from '../journal.ts'
import { escaped, layout, type Page } from './layout.ts'

const SHOWN = 200
const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE']

export function journalPage({ journal }: Emulator, url: URL): Page {
  const method = url.searchParams.get('method') ?? ''
  const path = url.searchParams.get('path') ?? ''
  const entries = journal
    .entries(METHODS.includes(method) ? { method } : {})
    .filter((entry) => entry.path.includes(path))
    .reverse()
  const options = ['', ...METHODS].map(
    (name) => `<option value="${name}"${name === method ? ' selected' : ''}>${name || 'Any method'}</option>`,
  )
  const body = `
    <h1>Requests <span class="soft">${entries.length}</span></h1>
    <form><select name="method" aria-label="Method">${options.join('')}</select>
    <input name="path" value="${escaped(path)}" placeholder="Part of the path" aria-label="Path"><button>Show</button></form>
    ${entries.length === 0 ? '<p class="empty">Nothing was asked yet.</p>' : table(entries.slice(0, SHOWN))}`
  return { status: 200, html: layout({ title: 'Requests', here: 'journal', body, reloadSeconds: 3 }) }
}

function table(entries: JournalEntry[]): string {
  const rows = entries.map(({ at, method, path, query, body, status, fault, answer }) => {
    const isRefused = status === null || status >= 400
    const outcome = status === null ? 'no answer' : String(status)
    const bodies = [
      body && `<pre>${escaped(body)}</pre>`,
      answer && `<pre class="soft">${escaped(answer)}</pre>`,
    ].filter(Boolean)
    const details =
      bodies.length === 0 ? '' : `<details><summary class="soft">bodies</summary>${bodies.join('')}</details>`
    return `<tr><td class="soft time">${escaped(at.slice(11, 23))}</td><td>${escaped(method)}</td>
      <td><code>${escaped(path)}${query === '' ? '' : `?${escaped(query)}`}</code>${details}</td>
      <td class="${isRefused ? 'refused' : ''}">${outcome}${fault === null ? '' : `<br><span class="badge">${escaped(fault)}</span>`}</td></tr>`
  })
  return `<table><thead><tr><th>Time</th><th>Method</th><th>Path</th><th>Answer</th></tr></thead><tbody>${rows.join('')}</tbody></table>`
}
