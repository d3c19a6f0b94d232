// The page of parked customers, by reason and step, the oldest first: resume one, some or all.

import { html } from 'hono/html'
import { ATTENTION } from '../../domain/attention.ts'
import type { AttentionReason } from '../../domain/attention.ts'
import type { Html } from './layout.ts'
import type { Snapshot } from './live.ts'
import type { AttentionPage, ParkedRow, ParkedRows } from './parked-rows.ts'
import type { Session } from './sessions.ts'
import { ageOf } from './stale.ts'
import type { Parts } from './streams.ts'
import { customerPath, number, plural, REASON_WORDS, STEP_WORDS, time } from './words.ts'

export function attentionParts({ value, at, failure }: Snapshot<AttentionPage>, { scope }: Session): Parts {
  return { stale: ageOf(at, failure), parked: value === null ? html`` : parkedList(value, scope) }
}

export function attentionPage(message: Html, parts: { [id: string]: Html }): Html {
  return html`
    <h1>Attention</h1>
    <p class="soft">
      Customers who wait for you. A transient error parks nobody: those customers continue by themselves.
    </p>
    ${message} ${parts['stale']} ${parts['parked']}
  `
}

function parkedList({ groups, hasMore }: AttentionPage, scope: Session['scope']): Html {
  if (groups.length === 0) return html`<p class="empty">Nobody is parked.</p>`
  const reasons = [...new Set(groups.map(({ reason }) => reason))]
  return html`
    ${reasons.map((reason) =>
      reasonSection(
        reason,
        groups.filter((group) => group.reason === reason),
        scope,
      ),
    )}
    ${hasMore ? html`<p class="soft">More customers are parked than this page counts; the overview has their number.</p>` : ''}
  `
}

function reasonSection(reason: AttentionReason, groups: ParkedRows[], scope: Session['scope']): Html {
  const { sentence, whatToDo } = ATTENTION[reason]
  const isResumable = scope === 'full' && ATTENTION[reason].unparkedBy !== 'registration'
  return html`<section class="card" id="${reason}" aria-labelledby="title-${reason}">
    <div class="card-head">
      <h2 id="title-${reason}">${REASON_WORDS[reason]} <a class="reason" href="/errors#${reason}">${reason}</a></h2>
      ${
        isResumable
          ? html`<form method="post" action="/console/attention/${reason}/resume">
              <button type="submit" class="small" data-testid="resume-all-${reason}">Resume all of this reason</button>
            </form>`
          : ''
      }
    </div>
    <p>${sentence} ${whatToDo}</p>
    ${groups.map((group) => groupTable(group, isResumable))}
  </section>`
}

function groupTable({ reason, step, count, rows }: ParkedRows, isResumable: boolean): Html {
  const name = `${reason}-${step}`
  const table = html`<div class="table-frame">
      <table aria-labelledby="group-${name}">
        <thead>
          <tr>
            ${isResumable ? html`<th scope="col"><span class="sr-only">Choose</span></th>` : ''}
            <th scope="col">Customer</th>
            <th scope="col">Since</th>
            <th scope="col">What HubSpot said</th>
          </tr>
        </thead>
        <tbody>
          ${rows.map((row) => parkedRow(row, isResumable))}
        </tbody>
      </table>
    </div>
    ${
      count > rows.length
        ? html`<p><a href="/console/customers?attention=${reason}&runs=open">All ${number(count)} customers</a></p>`
        : ''
    }`
  return html`
    <h3 id="group-${name}">At ${STEP_WORDS[step]} <span class="soft">· ${plural(count, 'customer')}</span></h3>
    ${
      isResumable
        ? html`<form method="post" action="/console/attention/resume">
            ${table}
            <button type="submit" class="small secondary" data-testid="resume-chosen-${name}">
              Resume the chosen ones
            </button>
          </form>`
        : table
    }
  `
}

function parkedRow({ customerId, attention }: ParkedRow, isResumable: boolean): Html {
  return html`<tr data-testid="customer-${customerId}">
    ${
      isResumable
        ? html`<td>
            <input type="checkbox" name="customer" value="${customerId}" aria-label="Choose ${customerId}" />
          </td>`
        : ''
    }
    <th scope="row"><a href="${customerPath(customerId)}">${customerId}</a></th>
    <td>${attention === null ? '–' : time(attention.since)}</td>
    <td>
      ${attention?.message ?? html`<span class="soft">No worker says more.</span>`}
      ${attention?.fields === undefined ? '' : html`<br /><span class="soft">Rejected: ${attention.fields.join(', ')}</span>`}
    </td>
  </tr>`
}
