// The table of fields: the API accepts each field, the onboarding reads it, and HubSpot has a property for it.

import { describe, expect, it } from 'vitest'
import { HELP } from '../../cli/command-line.ts'
import { HELP as SEND_HELP } from '../../dev/send/options.ts'
import { CustomerEvent, ignoredFields } from '../../domain/events.ts'
import { FIELD_NAMES, FIELDS } from '../../domain/fields.ts'
import type { CompanyField, ContactField } from '../../domain/fields.ts'
import { companyProperties, contactProperties } from '../../hubspot/properties.ts'
import { readEvent } from '../../workflows/customer/signal-payload.ts'

describe.each(FIELD_NAMES)('the field %s', (field) => {
  const value = field === 'email' ? 'ada@example.com' : 'x'
  const [group = '', name] = field.split('.')
  const data = { customerId: 'cus_1', [group]: name === undefined ? value : { [name]: value } }
  const received = { type: 'customer.updated', timestamp: '2026-11-24T09:00:00.000Z', data }

  it('is accepted by the API without being ignored, and is read by the onboarding', () => {
    const parsed = CustomerEvent.parse(received)
    expect(ignoredFields(received, parsed)).toEqual([])
    const { customerId: _, ...customer } = parsed.data
    expect(readEvent({ id: 'evt_1', at: 1, customer })?.values).toEqual({ [field]: value })
  })

  it('has a property in HubSpot, and an option in the help of `npm run customer` and `npm run send`', () => {
    const properties =
      FIELDS[field].record === 'contact'
        ? contactProperties({ [field as ContactField]: value })
        : companyProperties({ [field as CompanyField]: value })
    expect(Object.values(properties)).toEqual([value])
    expect(HELP).toContain(field)
    expect(SEND_HELP).toMatch(new RegExp(`^  --${FIELDS[field].flag} `, 'm'))
  })
})
