// The scenario as a picture: register → company → contact → 409? existing contact → association → kept in sync.

import { html } from 'hono/html'
import type { Html } from './markup.ts'
import type { Tone } from './words.ts'

/** One place of the picture. */
export interface Place {
  title: string
  /** A number, or a word such as `created`. */
  mark: string
  tone: Tone
  note: string
  /** Where a click on the place leads. */
  href?: string
  testId?: string
  /** The customer is here, or the way leads through here. */
  state?: 'done' | 'here' | 'ahead' | 'not-taken'
}

export type ScenarioPlace = 'register' | 'company' | 'contact' | 'existing' | 'association' | 'sync'

const ARROW = html`<svg viewBox="0 0 32 12" focusable="false">
  <path d="M0 6h26M21 1.5 27 6l-6 4.5" fill="none" stroke="currentColor" stroke-width="2" />
</svg>`

/**
 * The way of a customer. Screen readers get it as a list in this order.
 *
 * @param way the one that this customer has taken to the association; `either` when it may still be any
 */
export function scenario(
  label: string,
  places: { [place in ScenarioPlace]: Place },
  way: 'direct' | 'existing' | 'either' = 'either',
): Html {
  return html`<div class="picture way-${way}" role="list" aria-label="${label}">
    ${placeOf('register', places.register)} ${arrow('a1')} ${placeOf('company', places.company)} ${arrow('a2')}
    ${placeOf('contact', places.contact)} ${arrow('down', '409?')} ${placeOf('existing', places.existing)}
    ${arrow('up')} ${arrow('a3')} ${placeOf('association', places.association)} ${arrow('a4')}
    ${placeOf('sync', places.sync)}
  </div>`
}

/** Places that are no step of the way, in a row. */
export function beside(label: string, places: Place[]): Html {
  return html`<div class="beside" role="list" aria-label="${label}">
    ${places.map((place) => placeOf('other', place))}
  </div>`
}

function placeOf(
  area: ScenarioPlace | 'other',
  { title, mark, tone, note, href, testId, state = 'done' }: Place,
): Html {
  const inner = html`
    <span class="place-title">${title}</span>
    <span class="place-mark tone-${tone}" ${testId === undefined ? '' : html`data-testid="${testId}"`}>${mark}</span>
    <span class="place-note">${note}</span>
  `
  return html`<div
    class="place at-${area} is-${state}"
    role="listitem"
    ${state === 'here' ? html`aria-current="step"` : ''}
  >
    ${href === undefined ? html`<div class="place-inner">${inner}</div>` : html`<a class="place-inner" href="${href}">${inner}</a>`}
  </div>`
}

function arrow(area: string, word = ''): Html {
  return html`<div class="arrow at-${area}" aria-hidden="true">
    ${ARROW}${word === '' ? '' : html`<span>${word}</span>`}
  </div>`
}
