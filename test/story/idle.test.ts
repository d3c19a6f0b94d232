// A customer whose onboarding completed (idle): the next event starts a run without state, which finds the records in HubSpot.

import { describe, expect } from 'vitest'
import { aContactInHubSpot, callAsHubSpotUser } from '../support/given.ts'
import { HUBSPOT_CALLS, it, onrampWith, recordsIn } from '../support/onramp.ts'
import type { Onramp } from '../support/onramp.ts'
import {
  associatedCompanyNames,
  at,
  FIRST_EVENT_AT,
  firstContact,
  itWithTimeSkipping,
  waitUntilCompleted,
  workflowOf,
} from '../support/story.ts'

const alphabetically = (one = '', other = '') => one.localeCompare(other)

describe('a customer who is idle for thirty days', () => {
  itWithTimeSkipping('completes, and the next event finds the same records', async ({ onramp }) => {
    await onramp.registered({}, { timestamp: '2026-11-24T09:00:00.000Z' })
    await waitUntilCompleted(onramp)
    const { startTime, closeTime } = await workflowOf(onramp).describe()
    expect((closeTime?.getTime() ?? 0) - startTime.getTime()).toBeGreaterThanOrEqual(30 * 86_400_000)
    const { hubspot: before } = await onramp.status()

    await onramp.updated({ phone: 'too late' }, { timestamp: '2026-11-24T08:00:00.000Z' })
    await expect.poll(async () => (await onramp.status()).timeline[1]?.outcome).toBe('found in HubSpot')
    await waitUntilCompleted(onramp)
    await onramp.updated({ lastName: 'Lovelace' })
    await expect.poll(() => firstContact(onramp)).toMatchObject({ id: before.contactId, lastname: 'Lovelace' })
    expect(await firstContact(onramp)).not.toHaveProperty('phone')
    const { contacts, companies } = await recordsIn(onramp.portal)
    expect([contacts.length, companies.length]).toEqual([1, 1])
  })

  itWithTimeSkipping('does not complete while something is parked', async ({ onramp }) => {
    await aContactInHubSpot(onramp, { email: 'taken@example.com' })
    await onramp.registered()
    await waitUntilCompleted(onramp)
    await onramp.updated({ email: 'taken@example.com' })
    await expect.poll(async () => (await onramp.status()).attention?.reason).toBe('email-taken')
    const firedTimers = async () => {
      const { events } = await workflowOf(onramp).fetchHistory()
      return events?.filter((event) => event.timerFiredEventAttributes).length ?? 0
    }
    // Two idle times of thirty days have passed.
    await expect.poll(firedTimers).toBeGreaterThanOrEqual(2)
    expect((await workflowOf(onramp).describe()).status.name).toBe('RUNNING')
  })
})

// As a text, this number has an exponent: 1e-7.
const itWithoutIdleTime = onrampWith({ settings: { idleDays: 0.000_000_1 } })

itWithoutIdleTime('an idle time of less than a millisecond is possible', async ({ onramp }) => {
  await onramp.registered()
  await waitUntilCompleted(onramp)
  expect((await onramp.status()).phase).toBe('onboarded')
})

/** A contact of this customer to which an earlier run wrote an event of nine seconds. */
const aContactOfAnEarlierRun = async (onramp: Onramp) =>
  await aContactInHubSpot(onramp, {
    email: 'ada@example.com',
    phone: 'newest',
    onramp_customer_id: onramp.customerId,
    onramp_last_event_at: String(FIRST_EVENT_AT + 9000),
  })

describe('G4 · an event that is older than the newest one of an earlier run', () => {
  it('changes nothing, and a resync does not write it either', async ({ onramp }) => {
    await aContactOfAnEarlierRun(onramp)
    await onramp.updated({ phone: 'too late', company: { name: 'Analytical Engines' } }, at(8))
    await expect.poll(async () => (await onramp.status()).timeline[1]?.outcome).toBe('found in HubSpot')
    await workflowOf(onramp).executeUpdate('resync')
    await onramp.updated({ lastName: 'Lovelace' }, at(10))
    await expect.poll(() => firstContact(onramp)).toMatchObject({ lastname: 'Lovelace', phone: 'newest' })
    expect(await firstContact(onramp)).toMatchObject({ onramp_last_event_at: String(FIRST_EVENT_AT + 10_000) })
  })

  it('changes nothing when a registration started the new run', async ({ onramp }) => {
    await aContactOfAnEarlierRun(onramp)
    await onramp.registered({}, at(5))
    await onramp.reaches('onboarded')
    await onramp.updated({ phone: 'late' }, at(6))
    await onramp.updated({ lastName: 'Lovelace' }, at(10))
    await expect.poll(() => firstContact(onramp)).toMatchObject({ lastname: 'Lovelace' })
    expect(await firstContact(onramp)).toMatchObject({ phone: 'newest' })
  })
})

describe('a customer who comes back after the onboarding has completed', () => {
  itWithTimeSkipping('with another organization leaves the former company unchanged', async ({ onramp }) => {
    await onramp.registered({ company: { id: 'org_1', name: 'Analytical Engines' } }, at(0))
    await waitUntilCompleted(onramp)
    await onramp.updated({ phone: '2' }, at(1))
    await expect.poll(() => firstContact(onramp)).toMatchObject({ phone: '2' })
    await waitUntilCompleted(onramp)

    await onramp.updated({ company: { id: 'org_2', name: 'Difference Engines' } }, at(2))
    await expect
      .poll(async () => (await recordsIn(onramp.portal)).companies.map(({ name }) => name).toSorted(alphabetically))
      .toEqual(['Analytical Engines', 'Difference Engines'])
    const { companies } = await recordsIn(onramp.portal)
    const moved = companies.find(({ name }) => name === 'Difference Engines')
    await expect
      .poll(async () => (await recordsIn(onramp.portal)).associations.map(({ companyId }) => companyId))
      .toEqual([moved?.id])
  })

  itWithTimeSkipping(
    'to a contact that HubSpot users deleted is parked until an event brings the address, and gets one new contact',
    async ({ onramp }) => {
      await onramp.registered({}, at(0))
      await waitUntilCompleted(onramp)
      const { hubspot } = await onramp.status()
      await onramp.updated({ phone: '2' }, at(1))
      await expect.poll(() => firstContact(onramp)).toMatchObject({ phone: '2' })
      await waitUntilCompleted(onramp)
      // HubSpot still finds the contact while it is looked up, and no longer when it executes the write.
      const { updateContact } = HUBSPOT_CALLS
      await onramp.portal.fault({ ...updateContact, times: null, effect: { kind: 'status', status: 503 } })
      const writes = async () => (await onramp.portal.requests(updateContact)).length
      const before = await writes()
      await onramp.updated({ phone: '3' }, at(2))
      await expect.poll(writes).toBeGreaterThan(before)
      await callAsHubSpotUser(onramp, 'DELETE', `/crm/v3/objects/contacts/${hubspot.contactId}`)
      await onramp.portal.clearFaults()

      await expect
        .poll(async () => (await onramp.status()).attention)
        .toMatchObject({ reason: 'missing-in-hubspot', step: 'contact-update' })
      expect((await onramp.portal.requests(HUBSPOT_CALLS.createContact)).length).toBe(1)
      await onramp.updated({ lastName: 'Lovelace' }, at(3))
      await onramp.updated({ email: 'ada@example.com' }, at(4))
      await expect
        .poll(() => firstContact(onramp))
        .toMatchObject({ email: 'ada@example.com', phone: '3', lastname: 'Lovelace' })
      expect((await recordsIn(onramp.portal)).contacts).toHaveLength(1)
    },
  )

  itWithTimeSkipping('is kept in sync even if HubSpot users removed the association', async ({ onramp }) => {
    await onramp.registered({}, at(0))
    await waitUntilCompleted(onramp)
    const { hubspot } = await onramp.status()
    const association = `${hubspot.contactId}/associations/companies/${hubspot.companyId}`
    await callAsHubSpotUser(onramp, 'DELETE', `/crm/v4/objects/contacts/${association}`)
    await onramp.updated({ phone: '2' }, at(1))
    await expect.poll(() => firstContact(onramp)).toMatchObject({ phone: '2' })
    expect((await recordsIn(onramp.portal)).companies).toHaveLength(1)
  })

  itWithTimeSkipping(
    'with an event that only has the id of another organization is kept in sync',
    async ({ onramp }) => {
      await onramp.registered({ company: { id: 'org_1', name: 'One' } }, at(0))
      await waitUntilCompleted(onramp)
      await onramp.updated({ company: { id: 'org_2' } }, at(1))
      await expect.poll(async () => (await onramp.status()).attention?.step).toBe('company')
      await onramp.updated({ phone: '2', company: { name: 'Two' } }, at(2))
      await expect.poll(() => firstContact(onramp)).toMatchObject({ phone: '2' })
      await expect.poll(() => associatedCompanyNames(onramp)).toEqual(['Two'])
    },
  )

  itWithTimeSkipping('with a repetition of the newest event changes no value of HubSpot users', async ({ onramp }) => {
    await onramp.registered({}, at(0))
    const { hubspot } = await onramp.reaches('onboarded')
    await onramp.updated({ phone: '1' }, { id: 'evt_newest', ...at(1) })
    await waitUntilCompleted(onramp)
    await callAsHubSpotUser(onramp, 'PATCH', `/crm/v3/objects/contacts/${hubspot.contactId}`, {
      properties: { phone: 'from a HubSpot user' },
    })
    await onramp.updated({ phone: '1' }, { id: 'evt_newest', ...at(1) })
    await expect.poll(async () => (await onramp.status()).timeline[1]?.outcome).toBe('found in HubSpot')
    await waitUntilCompleted(onramp)
    expect(await firstContact(onramp)).toMatchObject({ phone: 'from a HubSpot user' })
  })

  itWithTimeSkipping('and moves does not rename the company that was identified by its domain', async ({ onramp }) => {
    await onramp.registered({ company: { name: 'One', domain: 'one.example' } }, at(0))
    await waitUntilCompleted(onramp)
    await onramp.updated({ phone: '1', company: { id: 'org_1' } }, at(1))
    await expect.poll(() => firstContact(onramp)).toMatchObject({ phone: '1' })
    await waitUntilCompleted(onramp)
    await onramp.updated({ company: { id: 'org_2', name: 'Two', domain: 'two.example' } }, at(5))
    await expect.poll(() => associatedCompanyNames(onramp)).toEqual(['Two'])
    const names = (await recordsIn(onramp.portal)).companies.map(({ name }) => name)
    expect(names.toSorted(alphabetically)).toEqual(['One', 'Two'])
  })
})

describe('a company that was identified by its domain', () => {
  itWithTimeSkipping(
    'keeps its name when a later run gets the id of another organization without a domain',
    async ({ onramp }) => {
      await onramp.registered({ company: { name: 'One', domain: 'one.example' } }, at(0))
      await waitUntilCompleted(onramp)
      await onramp.updated({ company: { id: 'org_1', name: 'One' } }, at(1))
      await waitUntilCompleted(onramp)
      expect((await recordsIn(onramp.portal)).companies).toHaveLength(1)
      await onramp.updated({ company: { id: 'org_2', name: 'Two' } }, at(2))
      await expect.poll(() => associatedCompanyNames(onramp)).toEqual(['Two'])
      expect((await recordsIn(onramp.portal)).companies.map(({ name }) => name).toSorted(alphabetically)).toEqual([
        'One',
        'Two',
      ])
    },
  )
})

describe('a registration that starts a run after the onboarding has completed', () => {
  itWithTimeSkipping('counts as an update: its newer values and its organization win', async ({ onramp }) => {
    await onramp.registered({ phone: '1', company: { id: 'org_1', name: 'One' } }, at(0))
    await waitUntilCompleted(onramp)
    await onramp.registered({ phone: '2', company: { id: 'org_2', name: 'Two' } }, at(9))
    await expect.poll(() => associatedCompanyNames(onramp)).toEqual(['Two'])
    await expect.poll(() => firstContact(onramp)).toMatchObject({ phone: '2' })
  })

  itWithTimeSkipping('creates no second company after a change of domain', async ({ onramp }) => {
    await onramp.registered({ company: { name: 'One', domain: 'one.example' } }, at(0))
    await onramp.reaches('onboarded')
    await onramp.updated({ company: { domain: 'two.example' } }, at(5))
    await waitUntilCompleted(onramp)
    await onramp.registered({ company: { name: 'One', domain: 'two.example' } }, at(9))
    await expect.poll(async () => (await onramp.status()).timeline[1]?.outcome).toBe('found in HubSpot')
    await waitUntilCompleted(onramp)
    expect((await recordsIn(onramp.portal)).companies).toHaveLength(1)
  })

  itWithTimeSkipping('is parked as email-taken when another contact has its address', async ({ onramp }) => {
    await onramp.registered({}, at(0))
    await waitUntilCompleted(onramp)
    await aContactInHubSpot(onramp, { email: 'taken@example.com' })
    await onramp.registered({ email: 'taken@example.com', lastName: 'Lovelace' }, at(9))
    await expect
      .poll(async () => (await onramp.status()).attention)
      .toMatchObject({ reason: 'email-taken', step: 'contact-update' })
    await expect
      .poll(async () => (await recordsIn(onramp.portal)).contacts.find(({ email }) => email === 'ada@example.com'))
      .toMatchObject({ lastname: 'Lovelace' })
  })

  const itOnAWorkerOfItsOwn = onrampWith({ worker: 'own', time: 'skips' })
  itOnAWorkerOfItsOwn('and is old brings no old value back, even when a newer event follows it', async ({ onramp }) => {
    const registration = { email: 'ada@example.com', phone: '1', company: { id: 'org_1', name: 'One' } }
    await onramp.registered(registration, { id: 'evt_first', ...at(0) })
    const { hubspot } = await onramp.reaches('onboarded')
    await onramp.updated({ email: 'new@example.com', phone: null, company: { id: 'org_2', name: 'Two' } }, at(5))
    await waitUntilCompleted(onramp)
    await callAsHubSpotUser(onramp, 'DELETE', `/crm/v3/objects/companies/${hubspot.companyId}`)

    await onramp.stopWorker()
    await onramp.registered(registration, { id: 'evt_first', ...at(0) })
    await onramp.updated({ lastName: 'Lovelace' }, at(20))
    await onramp.startWorker()
    await expect.poll(() => firstContact(onramp)).toMatchObject({ lastname: 'Lovelace', email: 'new@example.com' })
    await waitUntilCompleted(onramp)
    expect((await firstContact(onramp))?.phone).toBeUndefined()
    expect((await recordsIn(onramp.portal)).companies.map(({ name }) => name)).toEqual(['Two'])
    expect(await associatedCompanyNames(onramp)).toEqual(['Two'])
  })
})
