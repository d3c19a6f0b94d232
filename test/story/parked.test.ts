// A parked step or field stops nothing else, and onramp respects what HubSpot users do in the meantime.

import { describe, expect } from 'vitest'
import { aContactInHubSpot, callAsHubSpotUser, rejectionOf, resume } from '../support/given.ts'
import { HUBSPOT_CALLS, it, recordsIn } from '../support/onramp.ts'
import { associatedCompanyNames, at, firstContact, waitUntilParkedAt } from '../support/story.ts'

describe('G9 · a single value that HubSpot rejects during the onboarding', () => {
  it('does not keep the customer from moving to another company', async ({ onramp }) => {
    await onramp.portal.fault({
      ...HUBSPOT_CALLS.createCompany,
      times: 1,
      effect: rejectionOf('website', 'INVALID_URL'),
    })
    await onramp.registered({ company: { id: 'org_1', name: 'One', website: 'https://bad.example' } })
    await onramp.reaches('onboarded')
    await waitUntilParkedAt(onramp, 'company-update')
    await onramp.updated({ company: { id: 'org_2', name: 'Two' } })
    await expect.poll(() => associatedCompanyNames(onramp)).toEqual(['Two'])
  })

  it('does not keep a deleted contact from being re-created', async ({ onramp }) => {
    await onramp.portal.fault({
      ...HUBSPOT_CALLS.createContact,
      times: 1,
      effect: rejectionOf('phone', 'INVALID_PHONE'),
    })
    await onramp.registered({ phone: 'bad' })
    const { hubspot } = await onramp.reaches('onboarded')
    await waitUntilParkedAt(onramp, 'contact-update')
    await callAsHubSpotUser(onramp, 'DELETE', `/crm/v3/objects/contacts/${hubspot.contactId}`)
    await onramp.updated({ lastName: 'Lovelace' })
    await expect.poll(() => firstContact(onramp)).toMatchObject({ lastname: 'Lovelace' })
  })
})

describe('a contact that is deleted while the association is parked', () => {
  it('is re-created and associated, without an operator', async ({ onramp }) => {
    await onramp.registered({ company: { id: 'org_1', name: 'One' } })
    const { hubspot } = await onramp.reaches('onboarded')
    await onramp.portal.fault({ ...HUBSPOT_CALLS.associate, times: 1, effect: { kind: 'status', status: 400 } })
    await onramp.updated({ company: { id: 'org_2', name: 'Two' } })
    await waitUntilParkedAt(onramp, 'association')
    await callAsHubSpotUser(onramp, 'DELETE', `/crm/v3/objects/contacts/${hubspot.contactId}`)
    await onramp.updated({ phone: '1' })
    await expect.poll(() => associatedCompanyNames(onramp)).toEqual(['Two'])
  })
})

describe('a contact that is deleted while the company is parked', () => {
  it('is re-created although the company stays parked', async ({ onramp }) => {
    await onramp.registered({ company: { id: 'org_1', name: 'One' } }, at(0))
    const { hubspot } = await onramp.reaches('onboarded')
    await onramp.updated({ company: { id: 'org_2' } }, at(1))
    await waitUntilParkedAt(onramp, 'company')
    await callAsHubSpotUser(onramp, 'DELETE', `/crm/v3/objects/contacts/${hubspot.contactId}`)
    await onramp.updated({ phone: '2' }, at(2))
    await expect.poll(() => firstContact(onramp)).toMatchObject({ phone: '2' })
    // Each newer value has the company tried again, and it is parked again.
    await waitUntilParkedAt(onramp, 'company')
  })
})

describe('a company that HubSpot users deleted twice', () => {
  it('does not stop the move to another organization', async ({ onramp }) => {
    await onramp.registered({ company: { id: 'org_1', name: 'One' } }, at(0))
    for (const seconds of [1, 2]) {
      const { hubspot } = await onramp.reaches('onboarded')
      await callAsHubSpotUser(onramp, 'DELETE', `/crm/v3/objects/companies/${hubspot.companyId}`)
      await onramp.updated({ company: { phone: String(seconds) } }, at(seconds))
      if (seconds === 1) await expect.poll(() => associatedCompanyNames(onramp)).toEqual(['One'])
    }
    await waitUntilParkedAt(onramp, 'company-update')
    await onramp.updated({ company: { id: 'org_2', name: 'Two' } }, at(3))
    await onramp.updated({ company: { phone: '22' } }, at(4))
    await expect.poll(() => associatedCompanyNames(onramp)).toEqual(['Two'])
    await expect.poll(async () => (await recordsIn(onramp.portal)).companies[0]?.phone).toBe('22')
    await expect.poll(async () => (await onramp.status()).parked).toEqual([])
  })
})

describe('G3 · a contact that HubSpot users merged into another customer’s contact', () => {
  it('parks the customer, and the other customer’s contact is neither written nor erased', async ({ onramp }) => {
    const bob = `${onramp.customerId}-bob`
    await onramp.registered({ customerId: bob, email: 'bob@example.com', lastName: 'Bob' })
    const { contactId: bobs } = (await onramp.reaches('onboarded', bob)).hubspot
    await onramp.registered()
    const { contactId } = (await onramp.reaches('onboarded')).hubspot
    const merge = { primaryObjectId: bobs, objectIdToMerge: contactId }
    await callAsHubSpotUser(onramp, 'POST', '/crm/v3/objects/contacts/merge', merge)

    // Only HubSpot's response to a write shows which contact is left after the merge.
    await onramp.updated({ phone: '1' })
    await expect
      .poll(async () => (await onramp.status()).attention)
      .toMatchObject({ reason: 'contact-of-another-customer', step: 'contact' })
    await onramp.updated({ lastName: 'Ada' })
    await onramp.erased()
    await onramp.reaches('erased')
    expect((await recordsIn(onramp.portal)).contacts).toMatchObject([{ onramp_customer_id: bob, lastname: 'Bob' }])
  })
})

describe('an existing contact that belongs to another customer', () => {
  it('does not stop the company of the next organization from being created', async ({ onramp }) => {
    await aContactInHubSpot(onramp, { email: 'ada@example.com', onramp_customer_id: 'cus_other' })
    await onramp.registered({ company: { id: 'org_1', name: 'One' } }, at(0))
    await waitUntilParkedAt(onramp, 'contact')
    await onramp.updated({ company: { id: 'org_2', name: 'Two' } }, at(1))
    const names = async () => (await recordsIn(onramp.portal)).companies.map(({ name }) => name)
    await expect.poll(names).toEqual(['One', 'Two'])
    await onramp.reaches('contact')
  })
})

describe('a value of a HubSpot user', () => {
  it('is kept through lost responses and a newer event', async ({ onramp }) => {
    await aContactInHubSpot(onramp, { email: 'ada@example.com', firstname: 'Augusta' })
    await onramp.portal.fault({ ...HUBSPOT_CALLS.updateContact, times: 2, effect: { kind: 'commit-then-cut' } })
    // Two attempts lose the response to their claim, and the third one is rejected.
    await onramp.portal.fault({ ...HUBSPOT_CALLS.createContact, times: 2, effect: { kind: 'delay', ms: 0 } })
    await onramp.portal.fault({ ...HUBSPOT_CALLS.createContact, times: 1, effect: { kind: 'status', status: 400 } })
    await onramp.registered({}, at(0))
    await waitUntilParkedAt(onramp, 'contact')
    expect(await onramp.portal.requests(HUBSPOT_CALLS.updateContact)).toHaveLength(2)
    await onramp.updated({ phone: '2' }, at(1))
    await onramp.reaches('onboarded')
    expect(await firstContact(onramp)).toMatchObject({ firstname: 'Augusta', phone: '2' })
  })
})

describe('an address that is parked as email-taken', () => {
  it('is unparked when the contact with the address becomes the customer’s', async ({ onramp }) => {
    await onramp.registered()
    const { hubspot } = await onramp.reaches('onboarded')
    await aContactInHubSpot(onramp, { email: 'taken@example.com' })
    await onramp.updated({ email: 'taken@example.com' })
    await waitUntilParkedAt(onramp, 'contact-update')
    // Re-creating the contact leads to the other contact, which has the address.
    await callAsHubSpotUser(onramp, 'DELETE', `/crm/v3/objects/contacts/${hubspot.contactId}`)
    await onramp.updated({ phone: '2' })
    await expect.poll(() => firstContact(onramp)).toMatchObject({ email: 'taken@example.com', phone: '2' })
    await expect.poll(async () => (await onramp.status()).parked).toEqual([])
  })
})

describe('an operator’s resume', () => {
  it('writes its correction, even over a value with a time in the future', async ({ onramp }) => {
    await onramp.portal.fault({ ...HUBSPOT_CALLS.createContact, effect: { kind: 'status', status: 400 } })
    await onramp.registered({ phone: 'wrong' }, { timestamp: new Date(Date.now() + 500_000).toISOString() })
    await expect.poll(async () => (await onramp.status()).attention?.step).toBe('contact')

    const response = await resume(onramp, { customer: { phone: 'right' } })
    expect(response.status).toBe(202)
    await onramp.reaches('onboarded')
    expect(await firstContact(onramp)).toMatchObject({ phone: 'right' })
  })

  it('answers 404 for an unknown customer, 409 when nothing is parked and 422 for an invalid correction', async ({
    onramp,
  }) => {
    expect((await resume(onramp)).status).toBe(404)
    await onramp.registered()
    await onramp.reaches('onboarded')
    const nothing = await resume(onramp)
    expect(nothing.status).toBe(409)
    expect(await nothing.json()).toMatchObject({ code: 'nothing-parked' })
    const invalid = await resume(onramp, { customer: { email: null } })
    expect(invalid.status).toBe(422)
    expect(await invalid.json()).toMatchObject({ code: 'invalid-correction', errors: [{ path: 'customer.email' }] })
  })
})
