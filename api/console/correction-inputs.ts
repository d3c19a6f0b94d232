// The inputs of a correction: one for each field, with what was typed and why it was rejected.

import { html } from 'hono/html'
import { FIELD_NAMES, FIELDS } from '../../domain/fields.ts'
import type { Field } from '../../domain/fields.ts'
import type { Attention } from '../../domain/onboarding-status.ts'
import type { Attempt } from './corrections.ts'
import type { Html } from './markup.ts'
import { capitalized } from './words.ts'

interface InputOptions {
  /** Makes the id of the input unique on a page with several forms. */
  prefix: string
  /** The id of the form, for inputs that stand outside of it. */
  form?: string
  /** Names the customer, on a page with several. */
  customerId?: string
  attempt?: Attempt
}

/** The fields that HubSpot has rejected, or whose value belongs to another contact. */
export function fieldsToCorrect(parked: Attention[]): Field[] {
  return FIELD_NAMES.filter((field) =>
    parked.some(({ reason, fields = [] }) => {
      const isAboutAddress = reason === 'email-taken' || reason === 'contact-of-another-customer'
      return fields.includes(field) || (isAboutAddress && field === 'email')
    }),
  )
}

/** An empty input leaves the field as it is. */
export function correctionInput(field: Field, { prefix, form, customerId, attempt }: InputOptions): Html {
  const { label, format, limit } = FIELDS[field]
  const id = `${prefix}-${field.replace('.', '-')}`
  const ofForm = form === undefined ? '' : html`form="${form}"`
  const typed = attempt?.typed[field]
  const error = attempt?.errors.find(({ path }) => path === field)
  return html`<div class="field">
    <label for="${id}">${capitalized(label)}${ofCustomer(customerId)}</label>
    <input
      id="${id}"
      name="field.${field}"
      type="${format === 'email' ? 'email' : 'text'}"
      maxlength="${limit}"
      placeholder="unchanged"
      autocomplete="off"
      data-testid="field-${field}"
      ${ofForm}
      ${typed === undefined ? '' : html`value="${typed}"`}
      ${error === undefined ? '' : html`aria-invalid="true" aria-describedby="${id}-error" autofocus`}
    />
    ${error === undefined ? '' : html`<small id="${id}-error" class="error" role="alert">${capitalized(error.message)}</small>`}
    ${
      format === 'email'
        ? ''
        : html`<label class="clear">
            <input type="checkbox" id="${id}-clear" name="clear.${field}" value="yes" ${ofForm} /> Clear
            ${label}${ofCustomer(customerId)}
          </label>`
    }
  </div>`
}

/** For screen readers. Others see the customer’s row. */
function ofCustomer(customerId: string | undefined): Html {
  return customerId === undefined ? html`` : html`<span class="sr-only"> of ${customerId}</span>`
}
