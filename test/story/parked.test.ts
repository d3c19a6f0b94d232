// What is parked holds up nothing else, and what people did in HubSpot meanwhile is respected.

import { describe, expect } from 'vitest'
import { aContactInHubSpot, askHubSpot, refusalOf } from '../support/given.ts'
import { CALLS, it, recordsOf } from '../support/onramp.ts'
import type { Onramp } from '../support/onramp.ts'

const BEGUN = Date.now() - 10_000_000
const at = (seconds: number) => ({ timestamp: new Date(BEGUN + seconds * 1000).toISOString() })
const firstContact = async ({ portal }: Onramp) => (await recordsOf(portal)).contacts[0]
const firmsOf = async ({ portal }: Onramp) => {
  const { companies, associations } = await recordsOf(portal)
  return associations.map(({ companyId }) => companies.find(({ id }) => id === companyId)?.name)
}
const parkedAt = (onramp: Onramp, step: string) =>
  expect.poll(async () => (await onramp.status()).attention?.step, { timeout: 10_000 }).toBe(step)

describe('a single field that HubSpot refused at the onboarding', () => {
  it('does not keep the customer from moving to another company', async ({ onramp }) => {
    await onramp.portal.fault({ ...CALLS.createCompany, times: 1, effect: refusalOf('website', 'INVALID_URL') })
    await onramp.registered({ company: { id: 'org_1', name: 'One', website: 'https://bad.example' } })
    await onramp.reaches('onboarded')
    await parkedAt(onramp, 'company-update')
    await onramp.updated({ company: { id: 'org_2', name: 'Two' } })
    await expect.poll(() => firmsOf(onramp), { timeout: 4000 }).toEqual(['Two'])
  })

  it('does not keep a deleted contact from being made anew', async ({ onramp }) => {
    await onramp.portal.fault({ ...CALLS.createContact, times: 1, effect: refusalOf('phone', 'INVALID_PHONE') })
    await onramp.registered({ phone: 'bad' })
    const { hubspot } = await onramp.reaches('onboarded')
    await parkedAt(onramp, 'contact-update')
    await askHubSpot(onramp, 'DELETE', `/crm/v3/objects/contacts/${hubspot.contactId}`)
    await onramp.updated({ lastName: 'Lovelace' })
    await expect.poll(() => firstContact(onramp), { timeout: 4000 }).toMatchObject({ lastname: 'Lovelace' })
  })
})

describe('a contact that is deleted while the association is parked', () => {
  it('is made anew and associated, without a person', async ({ onramp }) => {
    await onramp.registered({ company: { id: 'org_1', name: 'One' } })
    const { hubspot } = await onramp.reaches('onboarded')
    await onramp.portal.fault({ ...CALLS.associate, times: 1, effect: { kind: 'status', status: 400 } })
    await onramp.updated({ company: { id: 'org_2', name: 'Two' } })
    await parkedAt(onramp, 'association')
    await askHubSpot(onramp, 'DELETE', `/crm/v3/objects/contacts/${hubspot.contactId}`)
    await onramp.updated({ phone: '1' })
    await expect.poll(() => firmsOf(onramp), { timeout: 5000 }).toEqual(['Two'])
  })
})

describe('a contact that is deleted while the company is parked', () => {
  it('is made anew all the same', async ({ onramp }) => {
    await onramp.registered({ company: { id: 'org_1', name: 'One' } }, at(0))
    const { hubspot } = await onramp.reaches('onboarded')
    await onramp.updated({ company: { id: 'org_2' } }, at(1))
    await parkedAt(onramp, 'company')
    await askHubSpot(onramp, 'DELETE', `/crm/v3/objects/contacts/${hubspot.contactId}`)
    await onramp.updated({ phone: '2' }, at(2))
    await expect.poll(() => firstContact(onramp)).toMatchObject({ phone: '2' })
    // Whatever is new lets the company be tried once more.
    await parkedAt(onramp, 'company')
  })
})

describe('a company that people deleted twice', () => {
  it('does not hold up the move to another firm', { timeout: 30_000 }, async ({ onramp }) => {
    await onramp.registered({ company: { id: 'org_1', name: 'One' } }, at(0))
    for (const seconds of [1, 2]) {
      const { hubspot } = await onramp.reaches('onboarded')
      await askHubSpot(onramp, 'DELETE', `/crm/v3/objects/companies/${hubspot.companyId}`)
      await onramp.updated({ company: { phone: String(seconds) } }, at(seconds))
      if (seconds === 1) await expect.poll(() => firmsOf(onramp)).toEqual(['One'])
    }
    await parkedAt(onramp, 'company-update')
    await onramp.updated({ company: { id: 'org_2', name: 'Two' } }, at(3))
    await onramp.updated({ company: { phone: '22' } }, at(4))
    await expect.poll(() => firmsOf(onramp)).toEqual(['Two'])
    await expect.poll(async () => (await recordsOf(onramp.portal)).companies[0]?.phone).toBe('22')
    expect((await onramp.status()).parked).toEqual([])
  })
})

describe('a contact that people merged into another customer’s', () => {
  it('parks the customer, and the other’s is written to no more and not erased', async ({ onramp }) => {
    const bob = `${onramp.customerId}-bob`
    await onramp.registered({ customerId: bob, email: 'bob@example.com', lastName: 'Bob' })
    const { contactId: bobs } = (await onramp.reaches('onboarded', bob)).hubspot
    await onramp.registered()
    const { contactId } = (await onramp.reaches('onboarded')).hubspot
    const merge = { primaryObjectId: bobs, objectIdToMerge: contactId }
    await askHubSpot(onramp, 'POST', '/crm/v3/objects/contacts/merge', merge)

    // Only HubSpot's answer to a write says who lives on.
    await onramp.updated({ phone: '1' })
    await expect
      .poll(async () => (await onramp.status()).attention)
      .toMatchObject({ reason: 'contact-of-another-customer', step: 'contact' })
    await onramp.updated({ lastName: 'Ada' })
    await onramp.erased()
    await onramp.reaches('erased')
    expect((await recordsOf(onramp.portal)).contacts).toMatchObject([{ onramp_customer_id: bob, lastname: 'Bob' }])
  })
})

describe('a contact that is another customer’s', () => {
  it('does not hold up the new firm’s company', async ({ onramp }) => {
    await aContactInHubSpot(onramp, { email: 'ada@example.com', onramp_customer_id: 'cus_other' })
    await onramp.registered({ company: { id: 'org_1', name: 'One' } }, at(0))
    await parkedAt(onramp, 'contact')
    await onramp.updated({ company: { id: 'org_2', name: 'Two' } }, at(1))
    const names = async () => (await recordsOf(onramp.portal)).companies.map(({ name }) => name)
    await expect.poll(names).toEqual(['One', 'Two'])
    expect((await onramp.status()).phase).toBe('contact')
  })
})

describe('what people typed into HubSpot', () => {
  it('survives a lost answer and a newer event', async ({ onramp }) => {
    await aContactInHubSpot(onramp, { email: 'ada@example.com', firstname: 'Typed' })
    await onramp.portal.fault({ ...CALLS.updateContact, times: 2, effect: { kind: 'commit-then-cut' } })
    await onramp.registered({}, at(0))
    const writes = async () => (await onramp.portal.requests(CALLS.updateContact)).length
    await expect.poll(writes, { interval: 20, timeout: 10_000 }).toBe(2)
    await onramp.portal.fault({ ...CALLS.createContact, times: 1, effect: { kind: 'status', status: 400 } })
    await parkedAt(onramp, 'contact')
    await onramp.updated({ phone: '2' }, at(1))
    await onramp.reaches('onboarded')
    expect(await firstContact(onramp)).toMatchObject({ firstname: 'Typed', phone: '2' })
  })
})

describe('a taken address whose contact becomes the customer’s after all', () => {
  it('is parked no longer', async ({ onramp }) => {
    await onramp.registered()
    const { hubspot } = await onramp.reaches('onboarded')
    await aContactInHubSpot(onramp, { email: 'taken@example.com' })
    await onramp.updated({ email: 'taken@example.com' })
    await parkedAt(onramp, 'contact-update')
    // The contact made anew is the other one, by its address.
    await askHubSpot(onramp, 'DELETE', `/crm/v3/objects/contacts/${hubspot.contactId}`)
    await onramp.updated({ phone: '2' })
    await expect.poll(() => firstContact(onramp)).toMatchObject({ email: 'taken@example.com', phone: '2' })
    await expect.poll(async () => (await onramp.status()).parked).toEqual([])
  })
})
