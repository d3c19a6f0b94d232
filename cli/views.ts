// Responses of the API as text for operators.

import type { Attention } from '../domain/onboarding-status.ts'
import type { AttentionCount, ResumeProgress } from '../api/contract/attention.ts'
import type { CustomerStatus, ListedCustomer } from '../api/contract/customers.ts'
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
    '',
    table(
      ['FIELD', 'STATE', 'EVENT TIME'],
      Object.entries(status.fields).map(([field, { state, at }]) => [field, state, at]),
      'No fields so far.',
    ),
    '',
    table(
      ['AT', 'WHAT', 'OUTCOME', 'CORRELATION ID', 'NOTE'],
      status.timeline.map((entry) => [entry.at, entry.what, entry.outcome, entry.correlationId, entry.note]),
      'Nothing has happened so far.',
    ),
  ].join('\n')
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

export function listView({ customers, next }: { customers: ListedCustomer[]; next: string | null }): string {
  const rows = customers.map(({ customerId, phase, attention }) => [customerId, phase, attention.join(', ')])
  const lines = table(['CUSTOMER', 'PHASE', 'ATTENTION'], rows, 'No customers.')
  return next === null ? lines : `${lines}\nThere are more customers; --all lists them.`
}

export function attentionView({ attention }: { attention: AttentionCount[] }): string {
  const rows = attention.flatMap(({ reason, count, steps }) => [
    [reason, 'all', count],
    ...steps.map((each) => [reason, each.step, each.count]),
  ])
  return table(['REASON', 'STEP', 'CUSTOMERS'], rows, 'No customer is parked.')
}

export function progressView({ reason, state, total, resumed, failed }: ResumeProgress): string {
  const verb = { running: 'is running', completed: 'is done', failed: 'has failed' }[state]
  return `Resuming ${plain(reason)} ${verb}: ${resumed} of ${total} resumed, ${failed} failed.`
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
