// G3 · A customer whose address HubSpot already knows: the right contact is kept, and nobody else's is touched.

import { describe, expect } from 'vitest'
import { aContactInHubSpot } from './support/given.ts'
import { CALLS, it, recordsOf } from './support/onramp.ts'

describe('G3 · a customer whose address HubSpot already knows', () => {
  it('keeps the existing contact and joins it to the company', async ({ onramp }) => {
    const contactId = await aContactInHubSpot(onramp, { email: 'ada@example.com' })
    await onramp.registered()
    const status = await onramp.reaches('onboarded')

    const { contacts, companies, associations } = await recordsOf(onramp.portal)
    expect(contacts).toMatchObject([{ id: contactId, email: 'ada@example.com', onramp_customer_id: onramp.customerId }])
    expect(associations).toEqual([{ contactId, companyId: companies[0]?.id }])
    expect(status.hubspot).toMatchObject({ contactId, contactOutcome: 'existed' })
  })

  it('fills in what is empty there and leaves what people typed', async ({ onramp }) => {
    await aContactInHubSpot(onramp, { email: 'ada@example.com', firstname: 'Augusta Ada' })
    await onramp.registered({ firstName: 'Ada', lastName: 'Lovelace' })
    await onramp.reaches('onboarded')
    expect((await recordsOf(onramp.portal)).contacts).toMatchObject([
      { firstname: 'Augusta Ada', lastname: 'Lovelace' },
    ])
  })

  it('has what people typed overwritten by a later update, and only that', async ({ onramp }) => {
    await aContactInHubSpot(onramp, { email: 'ada@example.com', firstname: 'Augusta Ada', lastname: 'King' })
    await onramp.registered({ firstName: 'Ada' })
    await onramp.reaches('onboarded')
    await onramp.updated({ lastName: 'Lovelace' })
    await expect
      .poll(() => recordsOf(onramp.portal).then(({ contacts }) => contacts))
      .toMatchObject([{ firstname: 'Augusta Ada', lastname: 'Lovelace' }])
  })

  it('is found when it is the contact’s second address, which stays the second', async ({ onramp }) => {
    const contactId = await aContactInHubSpot(onramp, {
      email: 'countess@example.com',
      hs_additional_emails: 'ada@example.com',
    })
    await onramp.registered()
    await onramp.reaches('onboarded')
    expect((await recordsOf(onramp.portal)).contacts).toMatchObject([{ id: contactId, email: 'countess@example.com' }])
  })
})

describe('G3 · an id in a conflict that belongs to somebody else', () => {
  it('is not believed: HubSpot is asked for the address, and that contact is kept', async ({ onramp }) => {
    const contactId = await aContactInHubSpot(onramp, { email: 'ada@example.com' })
    const strangerId = await aContactInHubSpot(onramp, { email: 'stranger@example.com' })
    await onramp.portal.fault({
      ...CALLS.createContact,
      effect: {
        kind: 'body',
        status: 409,
        contentType: 'application/json',
        body: JSON.stringify({
          status: 'error',
          category: 'CONFLICT',
          message: `Contact already exists. Existing ID: ${strangerId}`,
        }),
      },
    })
    await onramp.registered()
    await onramp.reaches('onboarded')

    const { contacts, associations } = await recordsOf(onramp.portal)
    expect(associations).toMatchObject([{ contactId }])
    expect(contacts.find(({ id }) => id === strangerId)).not.toHaveProperty('onramp_customer_id', onramp.customerId)
  })
})

describe('G3 · an address that belongs to another customer', () => {
  it('parks the customer, names the contact and writes nothing', async ({ onramp }) => {
    const contactId = await aContactInHubSpot(onramp, { email: 'ada@example.com', onramp_customer_id: 'cus_other' })
    const before = await recordsOf(onramp.portal)
    await onramp.registered()
    await expect
      .poll(() => onramp.status().then(({ attention }) => attention?.reason))
      .toBe('contact-of-another-customer')

    const status = await onramp.status()
    expect(status).toMatchObject({ phase: 'contact', attention: { step: 'contact', fields: ['email'] } })
    expect(status.attention?.message).toContain(contactId)
    expect(status.attention?.message).not.toContain('ada@example.com')
    expect((await recordsOf(onramp.portal)).contacts).toEqual(before.contacts)
  })

  it('lets the customer go on with another address, without an operator', async ({ onramp }) => {
    await aContactInHubSpot(onramp, { email: 'ada@example.com', onramp_customer_id: 'cus_other' })
    await onramp.registered()
    await expect.poll(() => onramp.status().then(({ parked }) => parked.length)).toBe(1)

    await onramp.updated({ email: 'ada.lovelace@example.com' })
    expect(await onramp.reaches('onboarded')).toMatchObject({ attention: null, hubspot: { contactOutcome: 'created' } })
  })
})
