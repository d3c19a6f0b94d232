// The words of the console for phases, steps, outcomes and times.

import { html } from 'hono/html'
import type { AttentionReason } from '../../domain/attention.ts'
import type { FieldState, Phase, Step } from '../../domain/onboarding.ts'
import type { Html } from './markup.ts'

/** The colour of a word. It is never the only sign: the word says the same. */
export type Tone = 'plain' | 'good' | 'busy' | 'warn' | 'bad'

/** Operators search for a phase by its name, so that the console shows the name itself. */
export const PHASE_TONES: { [phase in Phase]: Tone } = {
  'awaiting-registration': 'warn',
  company: 'busy',
  contact: 'busy',
  association: 'busy',
  onboarded: 'good',
  erasing: 'busy',
  erased: 'plain',
}

export const STEP_WORDS: { [step in Step]: string } = {
  lookup: 'look-up',
  erasure: 'erasure',
  company: 'company',
  contact: 'contact',
  association: 'association',
  'company-update': 'update of the company',
  'contact-update': 'update of the contact',
}

export const REASON_WORDS: { [reason in AttentionReason]: string } = {
  'contact-of-another-customer': 'Contact of another customer',
  'email-taken': 'E-mail address taken',
  'missing-in-hubspot': 'Missing in HubSpot',
  'refused-by-hubspot': 'Rejected by HubSpot',
  'hubspot-unexplained': 'HubSpot answers without a reason',
  'registration-missing': 'Registration missing',
  'histories-not-deleted': 'Histories not deleted',
}

export const FIELD_TONES: { [state in FieldState]: Tone } = {
  pending: 'busy',
  written: 'good',
  kept: 'plain',
  skipped: 'plain',
  rejected: 'bad',
}

/** What a state means, where its name does not say it. */
export const FIELD_NOTES: { [state in FieldState]?: string } = {
  kept: 'HubSpot’s own value stays',
  skipped: 'a newer value is there, or the customer has left the company',
}

export function badge(word: string, tone: Tone): Html {
  return html`<span class="badge badge-${tone}">${word}</span>`
}

/** A text in which code stands between backticks. */
export function withCode(text: string): Html {
  return html`${text.split('`').map((part, index) => (index % 2 === 0 ? part : html`<code>${part}</code>`))}`
}

/** Such as `1 customer` and `2,000 customers`. */
export function plural(count: number, noun: string): string {
  return `${number(count)} ${noun}${count === 1 ? '' : 's'}`
}

export function number(count: number): string {
  return count.toLocaleString('en-US')
}

const TIME = new Intl.DateTimeFormat('en-GB', {
  dateStyle: 'medium',
  timeStyle: 'medium',
  timeZone: 'UTC',
})

/** Such as `E-mail address`, for a text that stands alone. */
export function capitalized(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1)
}

/** A time in UTC; the console's script shows it in the reader's own zone. */
export function time(iso: string | number | null): Html {
  if (iso === null) return html`–`
  const date = new Date(iso)
  return html`<time datetime="${date.toISOString()}">${TIME.format(date)} UTC</time>`
}

/** Such as `40 s`, `3 min` and `2 h`. */
export function duration(seconds: number): string {
  if (seconds < 90) return `${Math.round(seconds)} s`
  return seconds < 5_400 ? `${Math.round(seconds / 60)} min` : `${Math.round(seconds / 3_600)} h`
}

export function customerPath(customerId: string): string {
  return `/console/customers/${encodeURIComponent(customerId)}`
}

export function withQuery(path: string, query: [string, string][]): string {
  return query.length === 0 ? path : `${path}?${new URLSearchParams(query).toString()}`
}

/** A link to another page, such as HubSpot's, if it is one to a web page. */
export function outside(url: string | null, text: string): Html {
  if (url === null || !/^https?:\/\//.test(url)) return html`${text}`
  return html`<a href="${url}" target="_blank" rel="noopener"
    >${text}<span class="sr-only"> (opens a new tab)</span></a
  >`
}

/**
 * A table that scrolls sideways on a narrow screen, also by the keyboard.
 *
 * @param narrow `stacked`: on a narrow screen each row becomes a card instead
 */
export function table(
  label: string,
  columns: (string | Html)[],
  rows: Html[],
  narrow: 'scrolls' | 'stacked' = 'scrolls',
): Html {
  return html`<div class="table-frame ${narrow}" tabindex="0" role="region" aria-label="${label}">
    <table>
      <thead>
        <tr>
          ${columns.map((column) => html`<th scope="col">${column}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${rows}
      </tbody>
    </table>
  </div>`
}
