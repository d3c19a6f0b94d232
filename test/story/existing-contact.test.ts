// G3 · A customer whose address HubSpot already knows: onramp keeps the right contact and changes no other.

import { describe, expect } from 'vitest'
import { aContactInHubSpot } from '../support/given.ts'
import { HUBSPOT_CALLS, it, recordsIn } from '../support/onramp.ts'

describe('G3 · a customer whose address HubSpot already knows', () => {
  it('keeps the existing contact and associates it with the company', async ({ onramp }) => {
    const contactId = await aContactInHubSpot(onramp, { email: 'ada@example.com' })
    await onramp.registered()
    const status = await onramp.reaches('onboarded')

    const { contacts, companies, associations } = await recordsIn(onramp.portal)
    expect(contacts).toMatchObject([{ id: contactId, email: 'ada@example.com', onramp_customer_id: onramp.customerId }])
    expect(associations).toEqual([{ contactId, companyId: companies[0]?.id }])
    expect(status.hubspot).toMatchObject({ contactId, contactOutcome: 'existed' })
  })

  it('has empty fields filled in, and keeps the values of HubSpot users', async ({ onramp }) => {
    await aContactInHubSpot(onramp, { email: 'ada@example.com', firstname: 'Augusta Ada' })
    await onramp.registered({ firstName: 'Ada', lastName: 'Lovelace' })
    await onramp.reaches('onboarded')
    expect((await recordsIn(onramp.portal)).contacts).toMatchObject([
      { firstname: 'Augusta Ada', lastname: 'Lovelace' },
    ])
  })

  it('has values of HubSpot users overwritten by a later update, and only those that it carries', async ({
    onramp,
  }) => {
    await aContactInHubSpot(onramp, { email: 'ada@example.com', firstname: 'Augusta Ada', lastname: 'King' })
    await onramp.registered({ firstName: 'Ada' })
    await onramp.reaches('onboarded')
    await onramp.updated({ lastName: 'Lovelace' })
    await expect
      .poll(() => recordsIn(onramp.portal).then(({ contacts }) => contacts))
      .toMatchObject([{ firstname: 'Augusta Ada', lastname: 'Lovelace' }])
  })

  it('keeps the existing contact when the address is an additional one, and leaves the primary address', async ({
    onramp,
  }) => {
    const contactId = await aContactInHubSpot(onramp, {
      email: 'countess@example.com',
      hs_additional_emails: 'ada@example.com',
    })
    await onramp.registered()
    await onramp.reaches('onboarded')
    expect((await recordsIn(onramp.portal)).contacts).toMatchObject([{ id: contactId, email: 'countess@example.com' }])
  })
})

describe('G3 · a conflict in any form that HubSpot has used', () => {
  it.for('abcdefghijklm'.split(''))('leads to the existing contact (form %s)', async (conflictForm, { onramp }) => {
    const contactId = await aContactInHubSpot(onramp, { email: 'ada@example.com' })
    await onramp.portal.settings({ conflictForm: conflictForm as 'a' })
    await onramp.registered()
    expect((await onramp.reaches('onboarded')).hubspot).toMatchObject({ contactId, contactOutcome: 'existed' })
    expect((await recordsIn(onramp.portal)).associations).toMatchObject([{ contactId }])
  })
})

describe('G3 · an address with characters that are special in a URL', () => {
  it.for(['a/b@example.com', 'a#b@example.com', 'a?b=c&d@example.com', '100%25@example.com'])(
    'leads to the existing contact, even when the conflict does not name its id (%s)',
    async (email, { onramp }) => {
      const contactId = await aContactInHubSpot(onramp, { email })
      await onramp.portal.settings({ conflictForm: 'j' })
      await onramp.registered({ email })
      expect((await onramp.reaches('onboarded')).hubspot).toMatchObject({ contactId, contactOutcome: 'existed' })
    },
  )
})

describe('G3 · a customer’s contact whose address a HubSpot user changed', () => {
  it('is found by the customer id, and no second contact is created', async ({ onramp }) => {
    const contactId = await aContactInHubSpot(onramp, {
      email: 'changed-in-hubspot@example.com',
      onramp_customer_id: onramp.customerId,
    })
    await onramp.registered()
    expect((await onramp.reaches('onboarded')).hubspot).toMatchObject({ contactId })
    expect((await recordsIn(onramp.portal)).contacts).toHaveLength(1)
  })
})

describe('G3 · two customers who register with the same existing contact at the same moment', () => {
  it('do not both get the contact: one of them is parked', async ({ onramp }) => {
    await aContactInHubSpot(onramp, { email: 'ada@example.com' })
    const other = `${onramp.customerId}-other`
    // The delay lets both read the contact before either writes to it.
    await onramp.portal.fault({ ...HUBSPOT_CALLS.updateContact, times: 2, effect: { kind: 'delay', ms: 300 } })
    await Promise.all([onramp.registered(), onramp.registered({ customerId: other })])
    const parked = async () => {
      const both = await Promise.all([onramp.status(), onramp.status(other)])
      return both.filter(({ attention }) => attention?.reason === 'contact-of-another-customer').length
    }
    await expect.poll(parked).toBe(1)
  })
})

describe('G3 · an existing contact whose claim got no response', () => {
  it('still gets the update that overtook the registration', async ({ onramp }) => {
    await aContactInHubSpot(onramp, { email: 'ada@example.com', phone: '000' })
    await onramp.portal.fault({ ...HUBSPOT_CALLS.updateContact, times: 2, effect: { kind: 'commit-then-cut' } })
    await onramp.updated({ phone: '111' })
    await onramp.registered()
    await expect
      .poll(() => recordsIn(onramp.portal).then(({ contacts }) => contacts))
      .toMatchObject([{ phone: '111', onramp_customer_id: onramp.customerId }])
  })
})

describe('G3 · a customer who registers again with another address after the workflow was lost', () => {
  it('keeps the same contact, with the new address', async ({ onramp }) => {
    await onramp.registered({}, { timestamp: '2026-11-24T09:00:00.000Z' })
    const { hubspot } = await onramp.reaches('onboarded')
    await onramp.client.workflow.getHandle(`onboarding/${onramp.customerId}`).terminate('the workflow is lost')
    await onramp.registered({ email: 'new@example.com' }, { timestamp: '2026-11-24T10:00:00.000Z' })
    await onramp.reaches('onboarded')
    await expect
      .poll(async () => (await recordsIn(onramp.portal)).contacts)
      .toMatchObject([{ id: hubspot.contactId, email: 'new@example.com' }])
  })
})

describe('G3 · a conflict that names the id of somebody else’s contact', () => {
  it('is checked against the address, and the contact with the address is kept', async ({ onramp }) => {
    const contactId = await aContactInHubSpot(onramp, { email: 'ada@example.com' })
    const strangerId = await aContactInHubSpot(onramp, { email: 'stranger@example.com' })
    await onramp.portal.fault({
      ...HUBSPOT_CALLS.createContact,
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

    const { contacts, associations } = await recordsIn(onramp.portal)
    expect(associations).toMatchObject([{ contactId }])
    expect(contacts.find(({ id }) => id === strangerId)).not.toHaveProperty('onramp_customer_id', onramp.customerId)
  })
})

describe('G3 · an address that belongs to another customer', () => {
  it('parks the customer, names the contact and writes nothing', async ({ onramp }) => {
    const contactId = await aContactInHubSpot(onramp, { email: 'ada@example.com', onramp_customer_id: 'cus_other' })
    const before = await recordsIn(onramp.portal)
    await onramp.registered()
    await expect
      .poll(() => onramp.status().then(({ attention }) => attention?.reason))
      .toBe('contact-of-another-customer')

    const status = await onramp.status()
    expect(status).toMatchObject({ phase: 'contact', attention: { step: 'contact', fields: ['email'] } })
    expect(status.attention?.message).toContain(contactId)
    expect(status.attention?.message).not.toContain('ada@example.com')
    expect((await recordsIn(onramp.portal)).contacts).toEqual(before.contacts)
  })

  it('unparks the customer when an update brings another address, without an operator', async ({ onramp }) => {
    await aContactInHubSpot(onramp, { email: 'ada@example.com', onramp_customer_id: 'cus_other' })
    await onramp.registered()
    await expect.poll(() => onramp.status().then(({ parked }) => parked.length)).toBe(1)

    await onramp.updated({ email: 'ada.lovelace@example.com' })
    expect(await onramp.reaches('onboarded')).toMatchObject({ attention: null, hubspot: { contactOutcome: 'created' } })
  })
})
