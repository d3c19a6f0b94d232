// The stuck runs, on the overview and on the page of those who need attention.

import { html } from 'hono/html'
import type { StuckCounts } from '../contract/stuck.ts'
import type { Html } from './markup.ts'
import type { Session } from './sessions.ts'
import { badge, customerPath, number, outside, plural } from './words.ts'

const KIND_WORDS: { [kind in StuckCounts['causes'][number]['kind']]: string } = {
  'task-fails': 'The workflow task fails',
  'version-without-workers': 'No worker has this version',
}

/** The line of the overview; empty when nothing is stuck. */
export function stuckLine(stuck: StuckCounts | null): Html {
  if (stuck === null || stuck.customers === 0) return html``
  return html`<ul class="plain">
    <li>
      <a href="/console/attention#stuck">Stuck</a>
      <span data-testid="stuck-count">${badge(number(stuck.customers), 'bad')}</span>
    </li>
  </ul>`
}

/** The causes and the button that resets all; empty when nothing is stuck. */
export function stuckSection(stuck: StuckCounts | null, scope: Session['scope']): Html {
  if (stuck === null || stuck.customers === 0) return html``
  const { customers, causes, links } = stuck
  return html`<section class="card" id="stuck-runs" aria-labelledby="title-stuck">
    <div class="card-head">
      <h2 id="title-stuck">Stuck: ${plural(customers, 'customer')}</h2>
      ${
        scope === 'full'
          ? html`<form method="post" action="/console/stuck/reset">
              <button type="submit" class="small" data-testid="reset-stuck">Reset all stuck runs</button>
            </form>`
          : ''
      }
    </div>
    <p>Their runs do not go on and accept no command. No event is lost.</p>
    ${causes.map(causeOf)}
    ${links.temporal === null ? '' : html`<p>${outside(links.temporal, 'These runs in the Temporal UI')}</p>`}
  </section>`
}

function causeOf({ kind, cause, count, customerIds, whatToDo }: StuckCounts['causes'][number]): Html {
  const named = customerIds.map((id) => html`<a href="${customerPath(id)}">${id}</a> `)
  return html`
    <h3>${KIND_WORDS[kind]}: ${cause} <span class="soft">· ${plural(count, 'customer')}</span></h3>
    <p>${whatToDo}</p>
    <p>${named} ${count > customerIds.length ? `and ${number(count - customerIds.length)} more` : ''}</p>
  `
}
