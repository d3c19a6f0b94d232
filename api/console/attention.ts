// The page of parked customers, by reason and step, the oldest first: resume one, some or all.

import { html } from 'hono/html'
import { ATTENTION } from '../../domain/attention.ts'
import type { AttentionReason } from '../../domain/attention.ts'
import { FIELDS } from '../../domain/fields.ts'
import { correctionInput, fieldsToCorrect } from './correction-inputs.ts'
import type { Html } from './markup.ts'
import type { Snapshot } from './live.ts'
import type { AttentionPage, ParkedRow, ParkedRows } from './parked-rows.ts'
import type { Session } from './sessions.ts'
import { ageOf } from './stale.ts'
import { stuckSection } from './stuck.ts'
import type { Parts } from './streams.ts'
import { customerPath, outside, plural, REASON_WORDS, STEP_WORDS, table, time, withCode } from './words.ts'

export function attentionParts({ value, at, failure }: Snapshot<AttentionPage>, { scope }: Session): Parts {
  return {
    stale: ageOf(at, failure),
    stuck: value === null ? html`` : stuckSection(value.stuck, scope),
    parked: value === null ? html`` : parkedList(value, scope),
  }
}

export function attentionPage(message: Html, parts: { [id: string]: Html }): Html {
  return html`
    <h1>Attention</h1>
    <p class="soft">
      Customers who wait for you. A transient error parks nobody: those customers continue by themselves.
    </p>
    ${message} ${parts['stale']} ${parts['stuck']} ${parts['parked']}
  `
}

function parkedList({ groups, hasMore, inTemporal }: AttentionPage, scope: Session['scope']): Html {
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
    ${inTemporal === null ? '' : html`<p>${outside(inTemporal, 'The same customers in the Temporal UI')}</p>`}
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
              <button type="submit" class="small" aria-describedby="title-${reason}" data-testid="resume-all-${reason}">
                Resume all of this reason
              </button>
            </form>`
          : ''
      }
    </div>
    <p>${withCode(`${sentence} ${whatToDo}`)}</p>
    ${groups.map((group) => groupTable(group, isResumable))}
  </section>`
}

/** The button for the chosen ones is the first of its form: the browser presses that one when somebody presses Enter. */
function groupTable({ reason, step, count, rows }: ParkedRows, isResumable: boolean): Html {
  const name = `${reason}-${step}`
  const columns = ['Customer', 'Since', 'What is wrong']
  const people = html`
    ${table(
      `Customers parked at ${STEP_WORDS[step]}: ${REASON_WORDS[reason]}`,
      isResumable ? [html`<span class="sr-only">Choose</span>`, ...columns, 'Put it right'] : columns,
      rows.map((row) => parkedRow(row, name, isResumable)),
      'stacked',
    )}
    ${
      count > rows.length
        ? html`<p class="soft">
            The table shows the first ${rows.length}.
            <a href="/console/customers?attention=${reason}&amp;runs=open">All who are parked for this reason</a>
          </p>`
        : ''
    }
  `
  return html`
    <h3>At ${STEP_WORDS[step]} <span class="soft">· ${plural(count, 'customer')}</span></h3>
    ${
      isResumable
        ? html`
            <form id="choose-${name}" method="post" action="/console/attention/resume">
              <button type="submit" class="small secondary" data-testid="resume-chosen-${name}">
                Resume the chosen ones
              </button>
              ${people}
            </form>
            ${rows.map(({ customerId }) => correctionForm(customerId, name))}
          `
        : people
    }
  `
}

/** A form cannot stand within another one, so that the inputs of the row name it. */
function correctionForm(customerId: string, group: string): Html {
  return html`<form
    id="${formId(customerId, group)}"
    method="post"
    action="${customerPath(customerId)}/correct"
    hidden
  ></form>`
}

// No customer's id has a `~`, so that no two customers have the same.
const formId = (customerId: string, group: string) => `correct~${group}~${customerId}`

/** With the ids, what somebody is typing stays in its row when rows come and go. */
function parkedRow({ customerId, attention }: ParkedRow, group: string, isResumable: boolean): Html {
  const id = `${group}~${customerId}`
  return html`<tr id="row~${id}" data-testid="customer-${customerId}">
    ${
      isResumable
        ? html`<td>
            <input
              type="checkbox"
              id="choose~${id}"
              name="customer"
              value="${customerId}"
              aria-label="Choose ${customerId}"
            />
          </td>`
        : ''
    }
    <th scope="row"><a href="${customerPath(customerId)}">${customerId}</a></th>
    <td>${attention === null ? '–' : time(attention.since)}</td>
    <td class="wide">
      ${attention === null ? html`<span class="soft">No worker answers, so the details are missing.</span>` : withCode(attention.message)}
    </td>
    ${isResumable ? html`<td class="actions">${actions(customerId, group, attention)}</td>` : ''}
  </tr>`
}

function actions(customerId: string, group: string, attention: ParkedRow['attention']): Html {
  const form = formId(customerId, group)
  const fields = attention === null ? [] : fieldsToCorrect([attention])
  return html`
    <button
      type="submit"
      class="small outline"
      formaction="${customerPath(customerId)}/resume"
      aria-label="Resume ${customerId}"
      data-testid="resume"
    >
      Resume
    </button>
    ${
      fields.length === 0
        ? ''
        : html`<details>
            <summary>
              Correct ${fields.map((field) => FIELDS[field].label).join(', ')}<span class="sr-only">
                of ${customerId}</span
              >
            </summary>
            ${fields.map((field) => correctionInput(field, { prefix: `${form}~`, form, customerId }))}
            <button
              type="submit"
              class="small"
              form="${form}"
              aria-label="Correct and resume ${customerId}"
              data-testid="correct-and-resume"
            >
              Correct and resume
            </button>
          </details>`
    }
  `
}
