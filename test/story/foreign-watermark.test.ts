// A watermark that an import or a HubSpot user has written. HubSpot's adapter recognizes it, so the CRM in memory has no such test.

import { describe, expect } from 'vitest'
import { aContactInHubSpot } from '../support/given.ts'
import { it } from '../support/onramp.ts'
import { at, FIRST_EVENT_AT, firstContact } from '../support/story.ts'

describe('G4 · a contact whose watermark an import has set to the year 2100', () => {
  it('gets the values of the next event, and a watermark of onramp', async ({ onramp }) => {
    await aContactInHubSpot(onramp, {
      email: 'ada@example.com',
      onramp_customer_id: onramp.customerId,
      onramp_last_event_at: String(Date.parse('2100-01-01')),
    })
    await onramp.updated({ lastName: 'Lovelace' }, at(1))
    await expect
      .poll(() => firstContact(onramp))
      .toMatchObject({ lastname: 'Lovelace', onramp_last_event_at: String(FIRST_EVENT_AT + 1000) })
    const lookUp = (await onramp.status()).timeline.find(({ what }) => what === 'lookup')
    expect(lookUp?.note).toContain('onramp_last_event_at')
  })
})
