// The page of one customer: the way so far, what is parked or waits, fields, timeline, and the commands.

import { html } from 'hono/html'
import { FIELD_NAMES, FIELDS } from '../../domain/fields.ts'
import type { Field } from '../../domain/fields.ts'
import type { Attention, Waiting } from '../../domain/onboarding-status.ts'
import type { CustomerStatus } from '../contract/customer-status.ts'
import { commandForms } from './command-forms.ts'
import { customerPicture, isRetried } from './customer-picture.ts'
import type { Html } from './markup.ts'
import type { Snapshot } from './live.ts'
import type { Session } from './sessions.ts'
import { ageOf } from './stale.ts'
import type { Parts } from './streams.ts'
import {
  badge,
  capitalized,
  customerPath,
  FIELD_NOTES,
  FIELD_TONES,
  outside,
  PHASE_TONES,
  plural,
  REASON_WORDS,
  STEP_WORDS,
  table,
  time,
  withCode,
} from './words.ts'

export function customerParts({ value, at, failure }: Snapshot<CustomerStatus>, { scope }: Session): Parts {
  const stale = ageOf(at, failure)
  const empty = html``
  if (value === null) return { stale, head: empty, state: empty, commands: empty, facts: empty, timeline: empty }
  return {
    stale,
    head: head(value),
    state: state(value),
    commands: scope === 'read' ? empty : commandForms(value),
    facts: facts(value, scope),
    timeline: timeline(value),
  }
}

/** @param values the values that an operator has asked for, as a part of their own */
export function customerPage(
  { customerId, message, values }: { customerId: string; message: Html; values: Html },
  parts: { [id: string]: Html },
): Html {
  return html`
    <h1>${customerId}</h1>
    ${message} ${parts['stale']} ${parts['head']} ${parts['state']}
    <div class="columns">
      <div class="commands">${parts['commands']}</div>
      <div class="details">${parts['facts']} ${values} ${parts['timeline']}</div>
    </div>
  `
}

function head(status: CustomerStatus): Html {
  const { phase, hubspot, links, lastEventAt, lastWrittenAt } = status
  return html`
    <p class="facts">
      <span data-testid="customer-phase">${badge(phase, PHASE_TONES[phase])}</span>
      ${status.parked.length === 0 ? '' : badge('parked', 'bad')}
      ${status.waiting === null ? '' : badge('waiting', 'warn')}
      <span>Contact ${hubspot.contactId === null ? '–' : outside(hubspot.contactUrl, hubspot.contactId)}</span>
      <span>Company ${hubspot.companyId === null ? '–' : outside(hubspot.companyUrl, hubspot.companyId)}</span>
      ${links.temporal === null ? '' : html`<span>${outside(links.temporal, 'Run in Temporal')}</span>`}
      <span>Last event ${time(lastEventAt)}</span>
      <span>Last written ${time(lastWrittenAt)}</span>
    </p>
    ${customerPicture(status)}
  `
}

function state({ parked, waiting }: CustomerStatus): Html {
  return html`${parked.map(parkedMessage)} ${waiting === null ? '' : waitingMessage(waiting)}`
}

function parkedMessage({ reason, step, since, message, fields = [], nextAttemptAt }: Attention): Html {
  return html`<section class="message message-bad">
    <h2>
      Parked: ${REASON_WORDS[reason]}
      <a class="reason" href="/errors#${reason}" data-testid="attention-reason">${reason}</a>
    </h2>
    <p>${withCode(message)}</p>
    <p class="soft">
      At ${STEP_WORDS[step]}, since ${time(since)}.
      ${fields.length === 0 ? '' : `Rejected: ${fields.map(labelOf).join(', ')}.`}
      ${nextAttemptAt === undefined ? '' : html`onramp tries again by itself at ${time(nextAttemptAt)}.`}
    </p>
  </section>`
}

function waitingMessage(waiting: Waiting): Html {
  const { step, since, attempts, nextAttemptAt, answeredBy, message } = waiting
  const next = nextAttemptAt === null ? 'One is on its way.' : html`The next one is at ${time(nextAttemptAt)}.`
  return html`<section class="message message-warn" data-testid="waiting">
    <h2>Waiting at ${STEP_WORDS[step]}</h2>
    <p>${message} ${answeredBy === 'onramp' ? html`<span class="soft">(noticed by onramp)</span>` : ''}</p>
    <p class="soft">
      Since ${time(since)}, ${plural(attempts, 'attempt')} so far.
      ${isRetried(waiting) ? html`${next} It continues by itself.` : ''}
    </p>
  </section>`
}

/** A field's name for people; HubSpot's own name for a property that no field maps to. */
function labelOf(field: string): string {
  return FIELDS[field as Field]?.label ?? field
}

function facts(
  { customerId, fields, malformedEvents, lateEvents, unknownEvents }: CustomerStatus,
  scope: Session['scope'],
): Html {
  const known = FIELD_NAMES.filter((field) => fields[field] !== undefined)
  const counters = [
    { count: malformedEvents, noun: 'signal', what: 'could not be read' },
    { count: lateEvents, noun: 'event', what: 'came after the erasure' },
    { count: unknownEvents, noun: 'event', what: 'kept for a newer version of the workers' },
  ].filter(({ count }) => count !== 0)
  return html`
    <section aria-labelledby="fields">
      <h2 id="fields">Fields</h2>
      ${
        known.length === 0
          ? html`<p class="empty">onramp knows no values.</p>`
          : table(
              'Fields',
              ['Field', 'In HubSpot', 'Event time'],
              known.map((field) => {
                const { state: of, at } = fields[field]!
                return html`<tr>
                  <th scope="row">${capitalized(FIELDS[field].label)}</th>
                  <td>
                    ${badge(of, FIELD_TONES[of])}
                    ${FIELD_NOTES[of] === undefined ? '' : html`<span class="soft">${FIELD_NOTES[of]}</span>`}
                  </td>
                  <td>${time(at)}</td>
                </tr>`
              }),
              'stacked',
            )
      }
      ${counters.map(({ count, noun, what }) => html`<p class="soft">${plural(count, noun)} ${what}.</p>`)}
      ${known.length === 0 || scope === 'read' ? '' : showValues(customerId)}
    </section>
  `
}

function showValues(customerId: string): Html {
  return html`<form method="post" action="${customerPath(customerId)}/values#values" class="side-form">
    <button type="submit" class="small secondary" data-testid="show-values">Show the values</button>
    <small class="soft">They are personal data. The log notes that you looked.</small>
  </form>`
}

/** The newest entry comes first. */
function timeline({ timeline: entries }: CustomerStatus): Html {
  return html`<section aria-labelledby="timeline-title">
    <h2 id="timeline-title">Timeline</h2>
    <ol class="timeline" data-testid="timeline">
      ${entries.toReversed().map(
        ({ at, what, outcome, fields = [], by, correlationId, note }) =>
          html`<li>
            <div class="timeline-line">
              <strong>${what}</strong>
              <span>${outcome}</span> ${by === undefined ? '' : html`<span class="by">by ${by}</span>`} ${time(at)}
            </div>
            ${note === undefined ? '' : html`<div>${note}</div>`}
            ${fields.length === 0 ? '' : html`<div class="soft">${fields.map(labelOf).join(', ')}</div>`}
            ${correlationId === undefined ? '' : html`<div class="soft">HubSpot’s correlation id <code>${correlationId}</code></div>`}
          </li>`,
      )}
    </ol>
  </section>`
}

/** The values. They are no live part: only the operator who asked gets them, once. */
export function valuesCard(customerId: string, values: { [field in Field]?: string | null }): Html {
  const known = FIELD_NAMES.filter((field) => values[field] !== undefined)
  return html`<section class="message" aria-labelledby="values" data-testid="values">
    <h2 id="values">Values</h2>
    ${
      known.length === 0
        ? html`<p>onramp knows no values of this customer.</p>`
        : html`<dl>
            ${known.map(
              (field) =>
                html`<dt>${capitalized(FIELDS[field].label)}</dt>
                  <dd data-testid="value-${field}">${values[field] ?? html`<span class="soft">cleared</span>`}</dd>`,
            )}
          </dl>`
    }
    <p class="soft">
      The API’s log says that you looked, by the name of your token.
      <a href="${customerPath(customerId)}">Hide the values</a>
    </p>
  </section>`
}
