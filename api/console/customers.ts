// The list of customers, by phase, attention reason, waiting step and completed runs.

import { html } from 'hono/html'
import { z } from 'zod'
import { ATTENTION_REASONS } from '../../domain/attention.ts'
import { PHASES, STEPS } from '../../domain/onboarding.ts'
import type { ListedCustomer } from '../contract/customers.ts'
import { optionalParameter } from '../contract/requests.ts'
import { fieldErrors } from '../problems/field-errors.ts'
import { Problem } from '../problems/problem.ts'
import type { CustomerFilter } from '../temporal/customer-list.ts'
import type { Html } from './markup.ts'
import type { Snapshot } from './live.ts'
import { ageOf } from './stale.ts'
import type { Parts } from './streams.ts'
import { badge, customerPath, PHASE_TONES, plural, REASON_WORDS, STEP_WORDS, table, withQuery } from './words.ts'

const ListQuery = z.object({
  phase: optionalParameter(z.enum(PHASES)),
  attention: optionalParameter(z.enum(ATTENTION_REASONS)),
  waiting: optionalParameter(z.enum([...STEPS, 'any'])),
  runs: optionalParameter(z.enum(['all', 'open', 'completed'])),
  cursor: optionalParameter(z.string().max(4096)),
})
export type ListQuery = z.output<typeof ListQuery>

export interface CustomerPage {
  customers: ListedCustomer[]
  next: string | null
}

/** @throws Problem 422 `invalid-query` */
export function readListQuery(query: Record<string, string>): ListQuery {
  const parsed = ListQuery.safeParse(query)
  if (!parsed.success) throw new Problem('invalid-query', { errors: fieldErrors(parsed.error) })
  return parsed.data
}

/** The filters that are set, as a query. */
export function filtersOf(filter: CustomerFilter): [string, string][] {
  const names = ['phase', 'attention', 'waiting', 'runs'] as const
  return names.flatMap((name) => (filter[name] === undefined ? [] : [[name, filter[name]] as [string, string]]))
}

export function customerListParts({ value, at, failure }: Snapshot<CustomerPage>, query: ListQuery): Parts {
  return { stale: ageOf(at, failure), customers: value === null ? html`` : customerTable(value, query) }
}

export function customerListPage(query: ListQuery, parts: { [id: string]: Html }): Html {
  return html`
    <h1>Customers</h1>
    <form class="filters" method="get" action="/console/customers" aria-label="Filters">
      ${select('phase', 'Phase', query.phase, PHASES, (phase) => phase)}
      ${select('attention', 'Attention', query.attention, ATTENTION_REASONS, (reason) => REASON_WORDS[reason])}
      ${select('waiting', 'Waiting', query.waiting, ['any', ...STEPS], (step) =>
        step === 'any' ? 'at any step' : `at ${STEP_WORDS[step]}`,
      )}
      ${select('runs', 'Runs', query.runs, ['open', 'completed'], (runs) => (runs === 'open' ? 'open' : 'completed (idle)'))}
      <div class="filter-buttons">
        <button type="submit" class="small">Filter</button>
        <a class="small" href="/console/customers">All customers</a>
      </div>
    </form>
    ${parts['stale']} ${parts['customers']}
  `
}

function select<Value extends string>(
  name: keyof CustomerFilter,
  label: string,
  chosen: string | undefined,
  values: readonly Value[],
  wordOf: (value: Value) => string,
): Html {
  return html`<label>
    ${label}
    <select name="${name}">
      <option value="">any</option>
      ${values.map(
        (value) => html`<option value="${value}" ${value === chosen ? 'selected' : ''}>${wordOf(value)}</option>`,
      )}
    </select>
  </label>`
}

function customerTable({ customers, next }: CustomerPage, query: ListQuery): Html {
  if (customers.length === 0 && next === null && query.cursor === undefined) return nobody(query)
  return html`
    ${customerRows(customers)}
    <nav class="pages" aria-label="Pages">
      <span class="soft">${plural(customers.length, 'customer')} on this page. The list is some moments behind.</span>
      ${query.cursor === undefined ? '' : html`<a href="${withQuery('/console/customers', filtersOf(query))}">First page</a>`}
      ${next === null ? '' : html`<a href="${withQuery('/console/customers', [...filtersOf(query), ['cursor', next]])}">Next page</a>`}
    </nav>
  `
}

export function customerRows(customers: ListedCustomer[]): Html {
  return table('Customers', ['Customer', 'Phase', 'Attention'], customers.map(customerRow), 'stacked')
}

function customerRow({ customerId, phase, attention }: ListedCustomer): Html {
  return html`<tr id="row-${customerId}" class="leads" data-testid="customer-${customerId}">
    <th scope="row"><a href="${customerPath(customerId)}">${customerId}</a></th>
    <td>${phase === null ? html`<span class="soft">no worker has begun</span>` : badge(phase, PHASE_TONES[phase])}</td>
    <td>${attention.map((reason) => badge(REASON_WORDS[reason], 'bad'))}</td>
  </tr>`
}

function nobody(query: ListQuery): Html {
  const isFiltered = filtersOf(query).length > 0
  return html`<p class="empty">
    ${isFiltered ? 'No customer matches these filters.' : 'No customer so far. They appear here as soon as the product sends an event.'}
  </p>`
}
