// HubSpot as one worker sees it: the circuit breaker, an outage, the quota, what waits, and the answers of the last minute.

import { html } from 'hono/html'
import type { AnswerClass, CrmState, CrmStateOfWorker } from '../../domain/crm-state.ts'
import type { Html } from './markup.ts'
import { badge, duration, number, plural, time } from './words.ts'

/** @param waitingCustomers those with a step that is retried */
export function hubSpotCard(of: CrmStateOfWorker | null, waitingCustomers: number): Html {
  if (of === null) {
    return html`<article class="card">
      <h2>HubSpot ${badge('unknown', 'plain')}</h2>
      <p>No worker says how HubSpot is. Only workers call it.</p>
    </article>`
  }
  const { state, worker } = of
  return html`<article class="card" data-testid="hubspot">
    <h2>HubSpot ${health(state)}</h2>
    <dl>
      ${state.circuit.state === 'open' ? row('Token', html`rejected since ${time(state.circuit.since)}: all calls are stopped`) : ''}
      ${state.outageSince === null ? '' : row('Outage', html`since ${time(state.outageSince)}; customers continue by themselves`)}
      ${state.forbiddenKinds.length === 0 ? '' : row('Forbidden', html`${state.forbiddenKinds.join(', ')}: the token lacks a scope`)}
      ${row('Answers in a minute', answers(state.answers))} ${row('Quota in ten seconds', tenSeconds(state.quota))}
      ${row('Quota of the day', day(state.quota))} ${row('Calls', calls(state))}
      ${waitingCustomers === 0 ? '' : row('Customers', html`<a href="/console/customers?waiting=any&amp;runs=open">${plural(waitingCustomers, 'customer')} waiting</a>`)}
      ${limited(state)}
    </dl>
    <p class="soft">As worker ${worker} sees it.</p>
  </article>`
}

function health({ circuit, outageSince, quota, forbiddenKinds, answers: of }: CrmState): Html {
  if (circuit.state === 'open') return badge('rejects the token', 'bad')
  if (outageSince !== null) return badge('unavailable', 'bad')
  if (quota.day.isReached) return badge('daily limit reached', 'bad')
  if (forbiddenKinds.length > 0) return badge('forbids some calls', 'warn')
  // A gateway may answer 5xx for HubSpot.
  if (of['2xx'] + of['4xx'] + of['429'] > 0) return badge('answers', 'good')
  return of['5xx'] + of.none > 0
    ? badge('gives no answer of its own', 'warn')
    : badge('not called in the last minute', 'plain')
}

function row(name: string, value: Html): Html {
  return html`<dt>${name}</dt>
    <dd>${value}</dd>`
}

const ANSWERS: [AnswerClass, string][] = [
  ['2xx', 'ok'],
  ['429', 'limited (429)'],
  ['4xx', 'rejected (4xx)'],
  ['5xx', 'failed (5xx)'],
  ['none', 'without a response'],
]

function answers(of: CrmState['answers']): Html {
  const some = ANSWERS.filter(([kind]) => of[kind] > 0)
  if (some.length === 0) return html`none: nobody has called`
  return html`${some.map(([kind, word]) => `${number(of[kind])} ${word}`).join(', ')}`
}

function tenSeconds({ tenSeconds: { left, limit } }: CrmState['quota']): Html {
  return html`${meter(left, limit, 'Quota left of ten seconds')} ${number(left)} of ${number(limit)} left`
}

function day({ day: { left, limit, isReached, resetsAt } }: CrmState['quota']): Html {
  const reset = resetsAt === null ? '' : html`, new at ${time(resetsAt)}`
  if (left === null || limit === null)
    return html`${isReached ? 'reached' : 'HubSpot has not said in the last hour'}${reset}`
  return html`${meter(left, limit, 'Quota left of the day')} ${number(left)} of ${number(limit)} left${reset}`
}

function meter(left: number, limit: number, label: string): Html {
  return html`<meter
    min="0"
    max="${Math.max(1, limit)}"
    low="${limit * 0.1}"
    value="${left}"
    aria-label="${label}"
  ></meter>`
}

function calls({ waiting, oldestWaitMs, inFlight }: CrmState): Html {
  const count = waiting.first + waiting.live + waiting.bulk
  const wait =
    count === 0
      ? 'none waits for quota'
      : `${plural(count, 'call')} ${count === 1 ? 'waits' : 'wait'} for quota, the oldest for ${duration((oldestWaitMs ?? 0) / 1000)}`
  return html`${wait}; ${number(inFlight)} under way`
}

function limited({ limited: of }: CrmState): Html {
  const count = of.second + of['ten-seconds'] + of.day
  return count === 0 ? html`` : row('429 since its start', html`${number(count)}`)
}
