// G3 · A customer whose address HubSpot already knows: the right contact is kept, and nobody else's is touched.

import { describe, expect } from 'vitest'
import { aContactInHubSpot } from '../support/given.ts'
import { CALLS, it, recordsOf } from '../support/onramp.ts'

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

describe('G3 · a conflict in any form that HubSpot has used', () => {
  it.for('abcdefghijklm'.split(''))('leads to the existing contact (form %s)', async (conflictForm, { onramp }) => {
    const contactId = await aContactInHubSpot(onramp, { email: 'ada@example.com' })
    await onramp.portal.settings({ conflictForm: conflictForm as 'a' })
    await onramp.registered()
    expect((await onramp.reaches('onboarded')).hubspot).toMatchObject({ contactId, contactOutcome: 'existed' })
    expect((await recordsOf(onramp.portal)).associations).toMatchObject([{ contactId }])
  })
})

describe('G3 · an address whose letters mean something in a URL', () => {
  it.for(['a/b@example.com', 'a#b@example.com', 'a?b=c&d@example.com', '100%25@example.com'])(
    'leads to the existing contact, also where HubSpot does not say which one that is (%s)',
    async (email, { onramp }) => {
      const contactId = await aContactInHubSpot(onramp, { email })
      await onramp.portal.settings({ conflictForm: 'j' })
      await onramp.registered({ email })
      expect((await onramp.reaches('onboarded')).hubspot).toMatchObject({ contactId, contactOutcome: 'existed' })
    },
  )
})

describe('G3 · a contact of ours whose address people changed', () => {
  it('is known by its customer id, and nobody is made beside it', async ({ onramp }) => {
    const contactId = await aContactInHubSpot(onramp, {
      email: 'typed@example.com',
      onramp_customer_id: onramp.customerId,
    })
    await onramp.registered()
    expect((await onramp.reaches('onboarded')).hubspot).toMatchObject({ contactId })
    expect((await recordsOf(onramp.portal)).contacts).toHaveLength(1)
  })
})

describe('G3 · two customers who are after the same contact at the same moment', () => {
  it('do not both get it: one is parked', async ({ onramp }) => {
    await aContactInHubSpot(onramp, { email: 'ada@example.com' })
    const other = `${onramp.customerId}-other`
    // Both have read the contact before either writes.
    await onramp.portal.fault({ ...CALLS.updateContact, times: 2, effect: { kind: 'delay', ms: 300 } })
    await Promise.all([onramp.registered(), onramp.registered({ customerId: other })])
    const parked = async () => {
      const both = await Promise.all([onramp.status(), onramp.status(other)])
      return both.filter(({ attention }) => attention?.reason === 'contact-of-another-customer').length
    }
    await expect.poll(parked, { timeout: 8000 }).toBe(1)
  })
})

describe('G3 · a contact whose take-over lost its answer', () => {
  it('still gets the update that overtook the registration', async ({ onramp }) => {
    await aContactInHubSpot(onramp, { email: 'ada@example.com', phone: '000' })
    await onramp.portal.fault({ ...CALLS.updateContact, times: 2, effect: { kind: 'commit-then-cut' } })
    await onramp.updated({ phone: '111' })
    await onramp.registered()
    await expect
      .poll(() => recordsOf(onramp.portal).then(({ contacts }) => contacts), { timeout: 15_000 })
      .toMatchObject([{ phone: '111', onramp_customer_id: onramp.customerId }])
  })
})

describe('G3 · a known customer who registers again with another address', () => {
  it('gets the new address on the same contact', async ({ onramp }) => {
    await onramp.registered({}, { timestamp: '2026-11-24T09:00:00.000Z' })
    const { hubspot } = await onramp.reaches('onboarded')
    await onramp.client.workflow.getHandle(`onboarding/${onramp.customerId}`).terminate('the workflow is lost')
    await onramp.registered({ email: 'new@example.com' }, { timestamp: '2026-11-24T10:00:00.000Z' })
    await onramp.reaches('onboarded')
    expect((await recordsOf(onramp.portal)).contacts).toMatchObject([
      { id: hubspot.contactId, email: 'new@example.com' },
    ])
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
