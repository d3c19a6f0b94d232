// G1 · The onboarding can read every event that the API accepts. An accepted event that it could not read would be lost.

import fc from 'fast-check'
import { expect, it } from 'vitest'
import { CustomerEvent } from '../../domain/events.ts'
import { readEvent } from '../../workflows/customer/signal-payload.ts'

it('G1 · an event that the API accepts can be read by the onboarding', () => {
  const text = fc.oneof(
    fc.string(),
    fc.string({ unit: 'grapheme', maxLength: 300 }),
    fc.constantFrom('İ'.repeat(200), ' x ', 'é'),
  )
  const maybe = fc.option(text)
  const data = fc.record(
    {
      customerId: fc.constant('cus_1'),
      email: fc.constantFrom('ada@example.com', 'ADA@EXAMPLE.COM'),
      firstName: maybe,
      phone: maybe,
      website: maybe,
      address: fc.option(fc.record({ city: maybe, street: maybe }, { requiredKeys: [] })),
      company: fc.record({ id: text, name: maybe, domain: maybe }, { requiredKeys: [] }),
    },
    { requiredKeys: ['customerId'] },
  )
  fc.assert(
    fc.property(data, (given) => {
      const event = { type: 'customer.updated', timestamp: '2026-11-24T09:00:00.000Z', data: given }
      const parsed = CustomerEvent.safeParse(event)
      fc.pre(parsed.success)
      const { customerId: _, ...customer } = parsed.data?.data ?? { customerId: '' }
      expect(readEvent({ id: 'evt_1', at: Date.parse(event.timestamp), customer })).not.toBeNull()
    }),
    { numRuns: 500 },
  )
})
