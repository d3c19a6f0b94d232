// The table of fields in docs/webhooks.md, generated from the code.

import { FIELD_NAMES, FIELDS } from '../../domain/fields.ts'
import type { Field } from '../../domain/fields.ts'
import { ID_LIMIT } from '../../domain/limits.ts'
import { propertyOf } from '../../hubspot/properties.ts'
import { tableOf, withContent } from './marked-content.ts'

export const WEBHOOKS_PAGE = new URL('../../docs/webhooks.md', import.meta.url)

// The two ids are not fields: they identify the customer and the organization.
const CUSTOMER_ID = [
  '`customerId`',
  '128',
  'rejected',
  '',
  'your id of the customer: `A-Z a-z 0-9 . _ : -`, not `.` or `..` alone; never an e-mail address',
]
const COMPANY_ID = [
  '`company.id`',
  String(ID_LIMIT),
  'rejected',
  '',
  'your id of the company, without invisible characters; another one moves the customer to that company',
]

const FORMATS: { [format in (typeof FIELDS)[Field]['format']]: string } = {
  text: 'any text',
  email: 'what a web form accepts (`<input type="email">`), with a dot in the domain; kept in lower case',
  domain: 'any text; kept in lower case. It identifies the company in HubSpot when there is no `company.id`',
}

/** docs/webhooks.md with the current table of fields. */
export function withFieldsTable(page: string): string {
  const rows = (record: 'contact' | 'company') =>
    FIELD_NAMES.filter((field) => FIELDS[field].record === record).map((field) => {
      const { limit, format } = FIELDS[field]
      const nullIs = format === 'email' ? 'rejected' : 'clears'
      return [`\`${field}\``, String(limit), nullIs, `\`${propertyOf(field)}\``, FORMATS[format]]
    })
  const head = ['field', 'longest', '`null`', 'HubSpot property', 'is']
  return withContent(page, 'fields', tableOf(head, [CUSTOMER_ID, ...rows('contact'), COMPANY_ID, ...rows('company')]))
}
