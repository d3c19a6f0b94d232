// What is parked holds up nothing else, and what people did in HubSpot meanwhile is respected.

import { describe, expect } from 'vitest'
import { aContactInHubSpot, askHubSpot, refusalOf } from './support/given.ts'
import { CALLS, it, recordsOf } from './support/onramp.ts'
import type { Onramp } from './support/onramp.ts'

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
