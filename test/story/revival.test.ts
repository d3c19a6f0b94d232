// A customer who comes back after their workflow has ended: known again by our own marks in HubSpot, whose values nobody remembers.

import { describe, expect } from 'vitest'
import { onboardingId } from '../../domain/ids.ts'
import { aContactInHubSpot, askHubSpot } from '../support/given.ts'
import { CALLS, it, onrampWith, recordsOf } from '../support/onramp.ts'
import type { Onramp } from '../support/onramp.ts'

const BEGUN = Date.now() - 10_000_000
const at = (seconds: number) => ({ timestamp: new Date(BEGUN + seconds * 1000).toISOString() })
const alphabetically = (one = '', other = '') => one.localeCompare(other)
const firstContact = async ({ portal }: Onramp) => (await recordsOf(portal)).contacts[0]
const firmsOf = async ({ portal }: Onramp) => {
  const { companies, associations } = await recordsOf(portal)
  return associations.map(({ companyId }) => companies.find(({ id }) => id === companyId)?.name)
}
const workflow = ({ client, customerId }: Onramp) => client.workflow.getHandle(onboardingId(customerId))

/** A contact of this customer that an earlier life has written at nine seconds. */
const writtenBefore = async (onramp: Onramp) =>
  await aContactInHubSpot(onramp, {
    email: 'ada@example.com',
    phone: 'newest',
    onramp_customer_id: onramp.customerId,
    onramp_last_event_at: String(BEGUN + 9000),
  })

describe('G4 · an event that is older than what an earlier life has written', () => {
  it('changes nothing, and a resync does not bring it back', async ({ onramp }) => {
    await writtenBefore(onramp)
    await onramp.updated({ phone: 'too late', company: { name: 'Analytical Engines' } }, at(8))
    await expect.poll(async () => (await onramp.status()).timeline[1]?.outcome).toBe('found in HubSpot')
    await workflow(onramp).executeUpdate('resync')
    await onramp.updated({ lastName: 'Lovelace' }, at(10))
    await expect.poll(() => firstContact(onramp)).toMatchObject({ lastname: 'Lovelace', phone: 'newest' })
    expect(await firstContact(onramp)).toMatchObject({ onramp_last_event_at: String(BEGUN + 10_000) })
  })

  it('changes nothing either when a registration began the new life', async ({ onramp }) => {
    await writtenBefore(onramp)
    await onramp.registered({}, at(5))
    await onramp.reaches('onboarded')
    await onramp.updated({ phone: 'late' }, at(6))
    await onramp.updated({ lastName: 'Lovelace' }, at(10))
    await expect.poll(() => firstContact(onramp)).toMatchObject({ lastname: 'Lovelace' })
    expect(await firstContact(onramp)).toMatchObject({ phone: 'newest' })
  })
})

describe('a customer who comes back', () => {
  const itThirtyDays = onrampWith({ time: 'skips' })
  const hasEnded = (onramp: Onramp) =>
    expect.poll(async () => (await workflow(onramp).describe()).status.name, { timeout: 10_000 }).toBe('COMPLETED')

  itThirtyDays('in another firm leaves the company of the former one as it is', async ({ onramp }) => {
    await onramp.registered({ company: { id: 'org_1', name: 'Analytical Engines' } }, at(0))
    await hasEnded(onramp)
    await onramp.updated({ phone: '2' }, at(1))
    await expect.poll(() => firstContact(onramp)).toMatchObject({ phone: '2' })
    await hasEnded(onramp)

    await onramp.updated({ company: { id: 'org_2', name: 'Difference Engines' } }, at(2))
    await expect
      .poll(async () => (await recordsOf(onramp.portal)).companies.map(({ name }) => name).toSorted(alphabetically))
      .toEqual(['Analytical Engines', 'Difference Engines'])
    const { companies } = await recordsOf(onramp.portal)
    const moved = companies.find(({ name }) => name === 'Difference Engines')
    await expect
      .poll(async () => (await recordsOf(onramp.portal)).associations.map(({ companyId }) => companyId))
      .toEqual([moved?.id])
  })

  itThirtyDays(
    'to a contact that people deleted waits for the address, and is made anew with it',
    async ({ onramp }) => {
      await onramp.registered({}, at(0))
      await hasEnded(onramp)
      const { hubspot } = await onramp.status()
      await onramp.updated({ phone: '2' }, at(1))
      await expect.poll(() => firstContact(onramp)).toMatchObject({ phone: '2' })
      await hasEnded(onramp)
      // HubSpot still finds the contact while it is looked up, and no longer when it is written to.
      await onramp.portal.fault({ ...CALLS.updateContact, effect: { kind: 'delay', ms: 700 } })
      await onramp.updated({ phone: '3' }, at(2))
      await expect.poll(async () => (await onramp.status()).timeline[1]?.outcome).toBe('found in HubSpot')
      await askHubSpot(onramp, 'DELETE', `/crm/v3/objects/contacts/${hubspot.contactId}`)

      await expect
        .poll(async () => (await onramp.status()).attention)
        .toMatchObject({ reason: 'missing-in-hubspot', step: 'contact-update' })
      expect((await onramp.portal.requests(CALLS.createContact)).length).toBe(1)
      await onramp.updated({ lastName: 'Lovelace' }, at(3))
      await onramp.updated({ email: 'ada@example.com' }, at(4))
      await expect
        .poll(() => firstContact(onramp))
        .toMatchObject({ email: 'ada@example.com', phone: '3', lastname: 'Lovelace' })
      expect((await recordsOf(onramp.portal)).contacts).toHaveLength(1)
    },
  )

  itThirtyDays('is kept in sync also where people ended the association', async ({ onramp }) => {
    await onramp.registered({}, at(0))
    await hasEnded(onramp)
    const { hubspot } = await onramp.status()
    const association = `${hubspot.contactId}/associations/companies/${hubspot.companyId}`
    await askHubSpot(onramp, 'DELETE', `/crm/v4/objects/contacts/${association}`)
    await onramp.updated({ phone: '2' }, at(1))
    await expect.poll(() => firstContact(onramp)).toMatchObject({ phone: '2' })
    expect((await recordsOf(onramp.portal)).companies).toHaveLength(1)
  })

  itThirtyDays('with an event that only names another firm is kept in sync', async ({ onramp }) => {
    await onramp.registered({ company: { id: 'org_1', name: 'One' } }, at(0))
    await hasEnded(onramp)
    await onramp.updated({ company: { id: 'org_2' } }, at(1))
    await expect.poll(async () => (await onramp.status()).attention?.step, { timeout: 10_000 }).toBe('company')
    await onramp.updated({ phone: '2', company: { name: 'Two' } }, at(2))
    await expect.poll(() => firstContact(onramp)).toMatchObject({ phone: '2' })
    await expect.poll(() => firmsOf(onramp)).toEqual(['Two'])
  })

  itThirtyDays('with the newest event once more changes nothing that people typed since', async ({ onramp }) => {
    await onramp.registered({}, at(0))
    const { hubspot } = await onramp.reaches('onboarded')
    await onramp.updated({ phone: '1' }, { id: 'evt_newest', ...at(1) })
    await hasEnded(onramp)
    await askHubSpot(onramp, 'PATCH', `/crm/v3/objects/contacts/${hubspot.contactId}`, {
      properties: { phone: 'typed' },
    })
    await onramp.updated({ phone: '1' }, { id: 'evt_newest', ...at(1) })
    await expect.poll(async () => (await onramp.status()).timeline[1]?.outcome).toBe('found in HubSpot')
    await hasEnded(onramp)
    expect(await firstContact(onramp)).toMatchObject({ phone: 'typed' })
  })

  itThirtyDays('does not rename the firm that was told by its domain when they move', async ({ onramp }) => {
    await onramp.registered({ company: { name: 'One', domain: 'one.example' } }, at(0))
    await hasEnded(onramp)
    await onramp.updated({ phone: '1', company: { id: 'org_1' } }, at(1))
    await expect.poll(() => firstContact(onramp)).toMatchObject({ phone: '1' })
    await hasEnded(onramp)
    await onramp.updated({ company: { id: 'org_2', name: 'Two', domain: 'two.example' } }, at(5))
    await expect.poll(() => firmsOf(onramp)).toEqual(['Two'])
    const names = (await recordsOf(onramp.portal)).companies.map(({ name }) => name)
    expect(names.toSorted(alphabetically)).toEqual(['One', 'Two'])
  })
})

describe('a customer of a firm that was told by its domain', () => {
  const itThirtyDays = onrampWith({ time: 'skips' })
  const hasEnded = (onramp: Onramp) =>
    expect.poll(async () => (await workflow(onramp).describe()).status.name, { timeout: 10_000 }).toBe('COMPLETED')

  itThirtyDays('renames it in no later life by the id of another firm without a domain', async ({ onramp }) => {
    await onramp.registered({ company: { name: 'One', domain: 'one.example' } }, at(0))
    await hasEnded(onramp)
    await onramp.updated({ company: { id: 'org_1', name: 'One' } }, at(1))
    await hasEnded(onramp)
    expect((await recordsOf(onramp.portal)).companies).toHaveLength(1)
    await onramp.updated({ company: { id: 'org_2', name: 'Two' } }, at(2))
    await expect.poll(() => firmsOf(onramp)).toEqual(['Two'])
    expect((await recordsOf(onramp.portal)).companies.map(({ name }) => name).toSorted(alphabetically)).toEqual([
      'One',
      'Two',
    ])
  })
})

describe('a registration that begins a new life', () => {
  const itThirtyDays = onrampWith({ time: 'skips' })
  const hasEnded = (onramp: Onramp) =>
    expect.poll(async () => (await workflow(onramp).describe()).status.name, { timeout: 10_000 }).toBe('COMPLETED')

  itThirtyDays('counts as an update: its newer values and its firm win', async ({ onramp }) => {
    await onramp.registered({ phone: '1', company: { id: 'org_1', name: 'One' } }, at(0))
    await hasEnded(onramp)
    await onramp.registered({ phone: '2', company: { id: 'org_2', name: 'Two' } }, at(9))
    await expect.poll(() => firmsOf(onramp)).toEqual(['Two'])
    await expect.poll(() => firstContact(onramp)).toMatchObject({ phone: '2' })
  })

  itThirtyDays('makes no second company after a change of domain', async ({ onramp }) => {
    await onramp.registered({ company: { name: 'One', domain: 'one.example' } }, at(0))
    await onramp.reaches('onboarded')
    await onramp.updated({ company: { domain: 'two.example' } }, at(5))
    await hasEnded(onramp)
    await onramp.registered({ company: { name: 'One', domain: 'two.example' } }, at(9))
    await expect.poll(async () => (await onramp.status()).timeline[1]?.outcome).toBe('found in HubSpot')
    await hasEnded(onramp)
    expect((await recordsOf(onramp.portal)).companies).toHaveLength(1)
  })

  itThirtyDays('is parked as email-taken where another contact has its address', async ({ onramp }) => {
    await onramp.registered({}, at(0))
    await hasEnded(onramp)
    await aContactInHubSpot(onramp, { email: 'taken@example.com' })
    await onramp.registered({ email: 'taken@example.com', lastName: 'Lovelace' }, at(9))
    await expect
      .poll(async () => (await onramp.status()).attention, { timeout: 10_000 })
      .toMatchObject({ reason: 'email-taken', step: 'contact-update' })
    const { contacts } = await recordsOf(onramp.portal)
    expect(contacts.find(({ email }) => email === 'ada@example.com')).toMatchObject({ lastname: 'Lovelace' })
  })

  itThirtyDays('and is old brings nothing back, whatever newer event comes with it', async ({ onramp }) => {
    const registration = { email: 'ada@example.com', phone: '1', company: { id: 'org_1', name: 'One' } }
    await onramp.registered(registration, { id: 'evt_first', ...at(0) })
    const { hubspot } = await onramp.reaches('onboarded')
    await onramp.updated({ email: 'new@example.com', phone: null, company: { id: 'org_2', name: 'Two' } }, at(5))
    await hasEnded(onramp)
    await askHubSpot(onramp, 'DELETE', `/crm/v3/objects/companies/${hubspot.companyId}`)

    await onramp.stopWorker()
    await onramp.registered(registration, { id: 'evt_first', ...at(0) })
    await onramp.updated({ lastName: 'Lovelace' }, at(20))
    await onramp.startWorker()
    await expect.poll(() => firstContact(onramp)).toMatchObject({ lastname: 'Lovelace', email: 'new@example.com' })
    await hasEnded(onramp)
    expect((await firstContact(onramp))?.phone).toBeUndefined()
    expect((await recordsOf(onramp.portal)).companies.map(({ name }) => name)).toEqual(['Two'])
    expect(await firmsOf(onramp)).toEqual(['Two'])
  })
})
