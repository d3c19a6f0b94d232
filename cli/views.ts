// Responses of the API as text for operators.

import type { Attention, Waiting } from '../domain/onboarding-status.ts'
import type { AttentionCounts, ParkedCounts } from '../api/contract/attention.ts'
import type { CustomerStatus } from '../api/contract/customer-status.ts'
import type { CustomerPage, ListedCustomer } from '../api/contract/customers.ts'
import type { ApiResponse } from './client.ts'
import { heading, plain, table } from './table.ts'

export function statusView(status: CustomerStatus): string {
  const { hubspot, links } = status
  const facts = [
    ['Contact', hubspot.contactId, hubspot.contactOutcome, hubspot.contactUrl],
    ['Company', hubspot.companyId, hubspot.companyOutcome, hubspot.companyUrl],
    ['Last event', status.lastEventAt],
    ['Last written', status.lastWrittenAt],
    ['Temporal', links.temporal],
  ]
  return [
    heading(`${plain(status.customerId)}  ${status.phase}`),
    ...facts.map(([name, ...values]) => `  ${name?.padEnd(14)}${plain(values.filter(Boolean).join('  ')) || '–'}`),
    '',
    parkedView(status.parked),
    ...inTemporal('All who are parked for this reason', links.parked),
    ...(status.waiting === null ? [] : ['', waitingView(status.waiting)]),
    ...inTemporal('All who wait at this step', links.waiting),
    '',
    table(
      ['FIELD', 'STATE', 'EVENT TIME'],
      Object.entries(status.fields).map(([field, { state, at }]) => [field, state, at]),
      'No fields so far.',
    ),
    '',
    table(
      ['AT', 'WHAT', 'OUTCOME', 'BY', 'FIELDS', 'CORRELATION ID', 'NOTE'],
      status.timeline.map(({ at, what, outcome, by, fields, correlationId, note }) => {
        return [at, what, outcome, by, fields?.join(' '), correlationId, note]
      }),
      'Nothing has happened so far.',
    ),
  ].join('\n')
}

/** A list in the Temporal UI. An API of an earlier version has no such links. */
function inTemporal(list: string, url: string | null | undefined): string[] {
  return url ? [`  ${list}: ${plain(url)}`] : []
}

/** One paragraph for each reason, since the messages are too long for a table. */
function parkedView(parked: Attention[]): string {
  if (parked.length === 0) return 'Nothing is parked.'
  const entries = parked.map(({ reason, step, since, fields = [], message }) => {
    const where = [`at ${step}`, ...(fields.length > 0 ? [`for ${fields.join(', ')}`] : []), `since ${since}`].join(
      ', ',
    )
    return `  ${reason} ${where}\n    ${plain(message)}`
  })
  return [heading('PARKED'), ...entries].join('\n')
}

/** What the customer waits for, and whether anybody has to do something. */
function waitingView({ step, since, attempts, nextAttemptAt, answeredBy, message }: Waiting): string {
  const tried = `at ${step}, since ${since}, ${plural(attempts, 'attempt')} so far`
  // Somebody has paused the activity, or Temporal has ended its last attempt: the message says all that is known.
  if (nextAttemptAt === null && answeredBy === 'temporal') {
    return [heading('WAITING'), `  ${tried}`, `    ${plain(message)}`].join('\n')
  }
  const next = nextAttemptAt === null ? 'one is on its way' : `next at ${nextAttemptAt}`
  return [
    heading('WAITING'),
    `  ${tried}, ${next}`,
    `    ${plain(message)} (answered by ${answeredBy ?? 'nobody'}). It continues by itself.`,
  ].join('\n')
}

const LAG = 'Temporal’s list is some moments old; `status ID` is not.'

// During an outage of HubSpot nobody is parked, and everybody waits.
const WAITING_IS_ELSEWHERE = 'Customers who wait for HubSpot are not parked: `list --waiting STEP` has them.'

export function listView({ customers, next }: CustomerPage): string {
  if (customers.length === 0 && next === null) return `No customers. ${LAG}`
  const count = next === null ? plural(customers.length, 'customer') : 'There are more customers; --all lists them'
  return `${customerTable(customers, 'No customers on this page.')}\n\n${count}. ${LAG}`
}

export function foundView(customers: ListedCustomer[]): string {
  return customerTable(
    customers,
    'HubSpot has no contact of a customer with it. A customer who has not reached HubSpot yet is only on the list: `list --phase contact`.',
  )
}

function customerTable(customers: ListedCustomer[], none: string): string {
  const rows = customers.map(({ customerId, phase, attention }) => [customerId, phase, attention.join(', ')])
  return table(['CUSTOMER', 'PHASE', 'ATTENTION'], rows, none)
}

export function attentionView({ stuck, ...parked }: AttentionCounts): string {
  return [parkedCountsView(parked), ...stuckView(stuck)].join('\n')
}

/** An API of an earlier version says nothing of stuck runs. */
function stuckView(stuck: AttentionCounts['stuck'] | undefined): string[] {
  if (!stuck || stuck.customers === 0) return []
  const rows = stuck.causes.map(({ kind, cause, count, customerIds }) => {
    return [kind, cause, count, customerIds.join(', ') + (count > customerIds.length ? ', …' : '')]
  })
  return [
    '',
    heading('STUCK'),
    table(['KIND', 'CAUSE', 'CUSTOMERS', 'OLDEST'], rows, ''),
    '',
    `${plural(stuck.customers, 'customer')} with a stuck run. No event is lost. \`reset-stuck\` resets all of them.`,
    ...stuck.causes.map(({ kind, cause, whatToDo }) => `  ${plain(`${kind} ${cause}: ${whatToDo}`)}`),
    ...inTemporal('In the Temporal UI', stuck.links.temporal),
  ]
}

function parkedCountsView({ customers, attention, links }: ParkedCounts): string {
  const rows = attention.flatMap(({ reason, count, steps }) => [
    [reason, 'all', count],
    ...steps.map((each) => [reason, each.step, each.count]),
  ])
  if (rows.length === 0) return `No customer is parked. ${LAG}\n${WAITING_IS_ELSEWHERE}`
  const lists = [
    ...inTemporal('all', links?.temporal),
    ...attention.flatMap(({ reason, links: ofReason }) => inTemporal(reason, ofReason?.temporal)),
  ]
  return [
    `${table(['REASON', 'STEP', 'CUSTOMERS'], rows, '')}\n\n${plural(customers, 'parked customer')}. ${LAG}`,
    WAITING_IS_ELSEWHERE,
    ...(lists.length > 0 ? ['\nIn the Temporal UI:', ...lists] : []),
  ].join('\n')
}

/** Such as `1 customer` and `2 customers`. */
export function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`
}

/** An error response: status, title, detail, then each wrong field. */
export function problemView({ status, text, body }: ApiResponse): string {
  const problem = (body ?? {}) as { title?: string; detail?: string; errors?: { path: string; message: string }[] }
  const lines = [
    `${status} ${problem.title ?? 'is not a response of onramp'}`,
    // The page of a proxy is long, and its beginning is enough to recognise it.
    problem.detail ?? text.slice(0, 500),
    ...(problem.errors ?? []).map(({ path, message }) => `  ${path}: ${message}`),
    ...(status === 401 ? ['Set ONRAMP_TOKEN to a token of OPERATOR_TOKENS.'] : []),
  ]
  return lines.filter(Boolean).map(plain).join('\n')
}
