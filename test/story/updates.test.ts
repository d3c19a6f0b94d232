// Updates after the onboarding: they reach the same two records field by field, even if HubSpot users merge those records.

import { describe, expect } from 'vitest'
import { reasonsIn } from '../../domain/attention.ts'
import { aContactInHubSpot, callAsHubSpotUser, rejectionOf } from '../support/given.ts'
import { HUBSPOT_CALLS, it, recordsIn } from '../support/onramp.ts'
import type { Onramp } from '../support/onramp.ts'
import { firstContact, workflowOf } from '../support/story.ts'

describe('G6 · a thousand updates of one customer while HubSpot is slow', () => {
  it('become ten calls at most, which carry only the changed fields, and the newest values win', async ({ onramp }) => {
    await onramp.registered({ lastName: 'Lovelace' })
    await onramp.reaches('onboarded')
    await onramp.portal.fault({ ...HUBSPOT_CALLS.updateContact, times: null, effect: { kind: 'delay', ms: 900 } })
    const startedAt = Date.now()
    const burst = Array.from({ length: 1000 }, (_, index) => ({
      data: index % 2 === 0 ? { phone: `phone ${index}` } : { address: { city: `city ${index}` } },
      event: { id: `evt_burst_${index}`, timestamp: new Date(startedAt + index).toISOString() },
    }))
    const sendingSince = performance.now()
    // Twenty at a time, like the connections of a busy product; the newest first, which is the worst order.
    for (let first = 980; first >= 0; first -= 20) {
      await Promise.all(burst.slice(first, first + 20).map(({ data, event }) => onramp.updated(data, event)))
    }
    const sendingMs = performance.now() - sendingSince

    await expect.poll(() => firstContact(onramp)).toMatchObject({ phone: 'phone 998', city: 'city 999' })
    await expect.poll(async () => (await onramp.status()).fields['address.city']?.state).toBe('written')
    const calls = await onramp.portal.requests(HUBSPOT_CALLS.updateContact)
    // One call after the other, each of 900 ms. On a busy machine the events arrive during more of them.
    expect(calls.length).toBeLessThanOrEqual(Math.max(10, 3 + sendingMs / 900))
    const sent = calls.flatMap(({ body }) => Object.keys((JSON.parse(body) as { properties: object }).properties))
    expect(new Set(sent)).toEqual(new Set(['phone', 'city', 'onramp_last_event_at']))
  })
})

describe('an event with a field that onramp ignores', () => {
  it('has the field’s name in the timeline, and not its value', async ({ onramp }) => {
    await onramp.registered({ plan: 'gold', company: { name: 'Analytical Engines', logo: 'a.png' } })
    const { timeline } = await onramp.reaches('onboarded')
    expect(timeline[0]).toMatchObject({ outcome: 'registered', note: 'ignored: data.company.logo, data.plan' })
    expect(JSON.stringify(timeline)).not.toMatch(/gold|a\.png/)
  })
})

describe('a customer who registers again with another address', () => {
  it('keeps the same contact, with the new address', async ({ onramp }) => {
    await onramp.registered()
    const { hubspot } = await onramp.reaches('onboarded')
    await onramp.registered({ email: 'ada.lovelace@example.com' })
    await expect
      .poll(() => firstContact(onramp))
      .toMatchObject({ id: hubspot.contactId, email: 'ada.lovelace@example.com' })
    expect((await recordsIn(onramp.portal)).contacts).toHaveLength(1)
  })
})

describe('a new address that another contact has', () => {
  const parkAddress = async (onramp: Onramp, email: string) => {
    const stranger = await aContactInHubSpot(onramp, { email })
    await onramp.registered()
    const { hubspot } = await onramp.reaches('onboarded')
    await onramp.updated({ email, phone: '2' })
    await expect.poll(async () => (await onramp.status()).attention?.reason).toBe('email-taken')
    return { stranger, contactId: hubspot.contactId }
  }

  it('parks only the address and names both contacts, and the next address is written without an operator', async ({
    onramp,
  }) => {
    const { stranger, contactId } = await parkAddress(onramp, 'taken@example.com')
    const { attention } = await onramp.status()
    expect(attention).toMatchObject({ step: 'contact-update', fields: ['email'] })
    expect(attention?.message).toContain(stranger)
    expect(attention?.message).toContain(contactId)
    const contact = async () => (await recordsIn(onramp.portal)).contacts.find(({ id }) => id === contactId)
    await expect.poll(() => contact()).toMatchObject({ email: 'ada@example.com', phone: '2' })

    await onramp.updated({ lastName: 'Lovelace' })
    await expect.poll(contact).toMatchObject({ email: 'ada@example.com', lastname: 'Lovelace' })
    await onramp.updated({ email: 'free@example.com' })
    await expect.poll(contact).toMatchObject({ email: 'free@example.com' })
    await expect.poll(async () => (await onramp.status()).parked).toEqual([])
  })

  it('is written when an operator resumes after the other contact got another address', async ({ onramp }) => {
    const { stranger, contactId } = await parkAddress(onramp, 'taken@example.com')
    await callAsHubSpotUser(onramp, 'PATCH', `/crm/v3/objects/contacts/${stranger}`, {
      properties: { email: 'x@example.com' },
    })
    await workflowOf(onramp).executeUpdate('resume')
    await expect
      .poll(async () => (await recordsIn(onramp.portal)).contacts.find(({ id }) => id === contactId)?.email)
      .toBe('taken@example.com')
  })
})

describe('G9 · a property that the portal does not know', () => {
  it('parks only its field, with HubSpot’s code, and the rest is written', async ({ onramp }) => {
    await onramp.registered()
    await onramp.reaches('onboarded')
    await onramp.portal.fault({
      ...HUBSPOT_CALLS.updateContact,
      effect: rejectionOf('website', 'PROPERTY_DOESNT_EXIST'),
    })
    await onramp.updated({ website: 'https://ada.example', phone: '2' })
    await expect.poll(() => firstContact(onramp)).toMatchObject({ phone: '2' })
    await expect
      .poll(async () => (await onramp.status()).attention)
      .toMatchObject({
        reason: 'refused-by-hubspot',
        step: 'contact-update',
        fields: ['website'],
        message: expect.stringContaining('PROPERTY_DOESNT_EXIST') as string,
      })
    expect((await onramp.status()).fields).toMatchObject({
      website: { state: 'rejected' },
      phone: { state: 'written' },
    })
  })
})

describe('a customer who is parked for two reasons', () => {
  it('is found by either reason in Temporal’s Visibility', async ({ onramp }) => {
    await aContactInHubSpot(onramp, { email: 'taken@example.com' })
    await onramp.registered()
    await onramp.reaches('onboarded')
    await onramp.updated({ email: 'taken@example.com' })
    await onramp.portal.fault({ method: 'PATCH', path: '/companies/', effect: { kind: 'status', status: 400 } })
    await onramp.updated({ company: { phone: '2' } })

    const attributes = async () => {
      const { searchAttributes } = await workflowOf(onramp).describe()
      return ((searchAttributes['OnboardingAttention'] ?? []) as string[]).toSorted()
    }
    await expect
      .poll(attributes)
      .toEqual(['email-taken', 'email-taken@contact-update', 'refused-by-hubspot', 'refused-by-hubspot@company-update'])
    expect(reasonsIn(await attributes())).toEqual(['email-taken', 'refused-by-hubspot'])
  })
})

describe('a record that HubSpot users merge into another', () => {
  const merge = async (onramp: Onramp, object: string, primaryObjectId: string, objectIdToMerge: string) => {
    const response = await callAsHubSpotUser(onramp, 'POST', `/crm/v3/objects/${object}/merge`, {
      primaryObjectId,
      objectIdToMerge,
    })
    return ((await response.json()) as { id: string }).id
  }

  it.for(['a new id', 'the primary record’s id'])(
    'is followed to the merged contact, which has %s',
    async (kept, { onramp }) => {
      await onramp.portal.settings({ mergeKeepsPrimaryId: kept !== 'a new id' })
      await onramp.registered()
      const { hubspot } = await onramp.reaches('onboarded')
      const other = await aContactInHubSpot(onramp, { email: 'ada.l@example.com' })
      const survivor = await merge(onramp, 'contacts', other, hubspot.contactId ?? '')

      await onramp.updated({ phone: '2' })
      await expect.poll(() => firstContact(onramp)).toMatchObject({ id: survivor, phone: '2' })
      await expect.poll(async () => (await onramp.status()).hubspot.contactId).toBe(survivor)
      await onramp.updated({ phone: '3' })
      await expect.poll(() => firstContact(onramp)).toMatchObject({ id: survivor, phone: '3' })
      expect((await recordsIn(onramp.portal)).contacts).toHaveLength(1)
    },
  )

  it('is followed to the merged company', async ({ onramp }) => {
    await onramp.registered()
    const { hubspot } = await onramp.reaches('onboarded')
    const created = await callAsHubSpotUser(onramp, 'POST', '/crm/v3/objects/companies', {
      properties: { name: 'Another' },
    })
    const other = ((await created.json()) as { id: string }).id
    const survivor = await merge(onramp, 'companies', other, hubspot.companyId ?? '')

    await onramp.updated({ company: { phone: '2' } })
    await expect
      .poll(async () => (await recordsIn(onramp.portal)).companies)
      .toMatchObject([{ id: survivor, phone: '2' }])
    await expect.poll(async () => (await onramp.status()).hubspot.companyId).toBe(survivor)
  })
})
