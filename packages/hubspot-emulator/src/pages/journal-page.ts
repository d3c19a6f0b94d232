// The page of API requests, newest first, with filters.

import type { Emulator } from '../emulator.ts'
import type { JournalEntry } from '../journal.ts'
import { html, layout, type Html, type Page } from './layout.ts'

const SHOWN = 200
const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE']

// The keys are values of the page's `outcome` parameter.
const OUTCOMES: Record<string, { label: string; holds: (status: number | null) => boolean }> = {
  done: { label: 'Successful (2xx)', holds: (status) => status !== null && status < 300 },
  refused: { label: 'Rejected (4xx)', holds: (status) => status !== null && status >= 400 && status < 500 },
  failed: { label: 'Failed (5xx)', holds: (status) => status !== null && status >= 500 },
  unanswered: { label: 'No response', holds: (status) => status === null },
}

export function journalPage(emulator: Emulator, query: URLSearchParams): Page {
  const method = query.get('method') ?? ''
  const path = query.get('path') ?? ''
  const outcome = query.get('outcome') ?? ''
  const holds = Object.hasOwn(OUTCOMES, outcome) ? OUTCOMES[outcome]!.holds : () => true
  const found = emulator.journal
    .entries(METHODS.includes(method) ? { method } : {})
    .filter((entry) => entry.path.includes(path) && holds(entry.status))
    .reverse()
  const methods = METHODS.map((name) => option(name, name, method))
  const outcomes = Object.entries(OUTCOMES).map(([name, { label }]) => option(name, label, outcome))
  const body = html`
    <h1>Requests <span class="count">${found.length}</span></h1>
    <form>
      <select name="method" aria-label="Method">
        ${option('', 'Any method', method)}${methods}
      </select>
      <select name="outcome" aria-label="Outcome">
        ${option('', 'Any outcome', outcome)}${outcomes}
      </select>
      <input name="path" value="${path}" placeholder="Part of the path" aria-label="Path" />
      <button>Show</button>
    </form>
    ${found.length === 0 ? html`<p class="empty">No request ${isFiltered(query) ? 'like this' : 'yet'}.</p>` : table(found)}
  `
  return { status: 200, html: layout(emulator, { title: 'Requests', current: 'journal', watches: 'journal', body }) }
}

const option = (value: string, label: string, chosen: string): Html =>
  html`<option value="${value}" ${value === chosen ? html`selected` : null}>${label}</option>`

const isFiltered = (query: URLSearchParams): boolean =>
  ['method', 'path', 'outcome'].some((name) => (query.get(name) ?? '') !== '')

function table(found: readonly JournalEntry[]): Html {
  return html`<div class="scroll">
      <table>
        <thead>
          <tr>
            ${['Time', 'Method', 'Path', 'Response'].map((head) => html`<th scope="col">${head}</th>`)}
          </tr>
        </thead>
        <tbody>
          ${found.slice(0, SHOWN).map(row)}
        </tbody>
      </table>
    </div>
    ${found.length > SHOWN ? html`<p class="soft">The newest ${SHOWN} of ${found.length}.</p>` : null}`
}

function row({ at, method, path, query, body, status, fault, answer, correlationId }: JournalEntry): Html {
  const isFailed = status === null || status >= 400
  const bodies = [body, answer].filter((text) => text !== '').map((text) => html`<pre>${indented(text)}</pre>`)
  return html`<tr>
    <td class="short soft">${at.slice(11, 23)}</td>
    <td class="short">${method}</td>
    <td>
      <code>${path}${query === '' ? '' : `?${query}`}</code>
      ${
        bodies.length === 0
          ? null
          : html`<details id="${correlationId}">
              <summary>Request and response</summary>
              ${bodies}
            </details>`
      }
    </td>
    <td class="short">
      <span class="${isFailed ? 'failed' : ''}">${status ?? 'no response'}</span>
      ${fault === null ? null : html`<br /><span class="badge alert">${fault}</span>`}
    </td>
  </tr>`
}

function indented(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), null, 2)
  } catch {
    return text
  }
}
