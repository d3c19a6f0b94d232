// What a customer changes after the onboarding: folded, field by field, to the same two records, wherever people took them.

import { describe, expect } from 'vitest'
import { onboardingId } from '../../domain/ids.ts'
import { reasonsIn } from '../../domain/attention.ts'
import { aContactInHubSpot, askHubSpot, refusalOf } from '../support/given.ts'
import { CALLS, it, recordsOf } from '../support/onramp.ts'
import type { Onramp } from '../support/onramp.ts'

const firstContact = async ({ portal }: Onramp) => (await recordsOf(portal)).contacts[0]

describe('G6 · a thousand updates of one customer while HubSpot is slow', () => {
  it('become a handful of calls that carry only what changed, and the newest values win', async ({ onramp }) => {
    await onramp.registered({ lastName: 'Lovelace' })
    await onramp.reaches('onboarded')
    await onramp.portal.fault({ ...CALLS.updateContact, times: null, effect: { kind: 'delay', ms: 900 } })
    const begun = Date.now()
    const burst = Array.from({ length: 1000 }, (_, index) => ({
      data: index % 2 === 0 ? { phone: `phone ${index}` } : { address: { city: `city ${index}` } },
      event: { timestamp: new Date(begun + index).toISOString() },
    }))
    // Fifty at a time, as many as a busy product's connections; in the worst order, the newest first.
    for (let first = 950; first >= 0; first -= 50) {
      await Promise.all(burst.slice(first, first + 50).map(({ data, event }) => onramp.updated(data, event)))
    }

    await expect
      .poll(() => firstContact(onramp), { timeout: 15_000 })
      .toMatchObject({ phone: 'phone 998', city: 'city 999' })
    await expect.poll(async () => (await onramp.status()).fields['address.city']?.state).toBe('written')
    const calls = await onramp.portal.requests(CALLS.updateContact)
    expect(calls.length).toBeLessThanOrEqual(10)
    const sent = calls.flatMap(({ body }) => Object.keys((JSON.parse(body) as { properties: object }).properties))
    expect(new Set(sent)).toEqual(new Set(['phone', 'city', 'onramp_last_event_at']))
  })
})

describe('a customer who registers again with another address', () => {
  it('keeps the same contact, whose address changes', async ({ onramp }) => {
    await onramp.registered()
    const { hubspot } = await onramp.reaches('onboarded')
    await onramp.registered({ email: 'ada.lovelace@example.com' })
    await expect
      .poll(() => firstContact(onramp))
      .toMatchObject({ id: hubspot.contactId, email: 'ada.lovelace@example.com' })
    expect((await recordsOf(onramp.portal)).contacts).toHaveLength(1)
  })
})

describe('a new address that another contact has', () => {
  const takenBy = async (onramp: Onramp, email: string) => {
    const stranger = await aContactInHubSpot(onramp, { email })
    await onramp.registered()
    const { hubspot } = await onramp.reaches('onboarded')
    await onramp.updated({ email, phone: '2' })
    await expect.poll(async () => (await onramp.status()).attention?.reason).toBe('email-taken')
    return { stranger, contactId: hubspot.contactId }
  }

  it('parks the address alone and names both contacts; the next address goes on by itself', async ({ onramp }) => {
    const { stranger, contactId } = await takenBy(onramp, 'taken@example.com')
    const { attention } = await onramp.status()
    expect(attention).toMatchObject({ step: 'contact-update', fields: ['email'] })
    expect(attention?.message).toContain(stranger)
    expect(attention?.message).toContain(contactId)
    const contact = async () => (await recordsOf(onramp.portal)).contacts.find(({ id }) => id === contactId)
    expect(await contact()).toMatchObject({ email: 'ada@example.com', phone: '2' })

    await onramp.updated({ lastName: 'Lovelace' })
    await expect.poll(contact).toMatchObject({ email: 'ada@example.com', lastname: 'Lovelace' })
    await onramp.updated({ email: 'free@example.com' })
    await expect.poll(contact).toMatchObject({ email: 'free@example.com' })
    expect((await onramp.status()).parked).toEqual([])
  })

  it('is written when an operator resumes after the other contact has given it up', async ({ onramp }) => {
    const { stranger, contactId } = await takenBy(onramp, 'taken@example.com')
    await askHubSpot(onramp, 'PATCH', `/crm/v3/objects/contacts/${stranger}`, {
      properties: { email: 'x@example.com' },
    })
    await onramp.client.workflow.getHandle(onboardingId(onramp.customerId)).executeUpdate('resume')
    await expect
      .poll(async () => (await recordsOf(onramp.portal)).contacts.find(({ id }) => id === contactId)?.email)
      .toBe('taken@example.com')
  })
})

describe('G9 · a property that the portal does not know', () => {
  it('parks its field alone, with HubSpot’s reason; the rest is written', async ({ onramp }) => {
    await onramp.registered()
    await onramp.reaches('onboarded')
    await onramp.portal.fault({ ...CALLS.updateContact, effect: refusalOf('website', 'PROPERTY_DOESNT_EXIST') })
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

describe('a customer who waits for a person for two reasons', () => {
  it('is found in Temporal by either', async ({ onramp }) => {
    await aContactInHubSpot(onramp, { email: 'taken@example.com' })
    await onramp.registered()
    await onramp.reaches('onboarded')
    await onramp.updated({ email: 'taken@example.com' })
    await onramp.portal.fault({ method: 'PATCH', path: '/companies/', effect: { kind: 'status', status: 400 } })
    await onramp.updated({ company: { phone: '2' } })

    const attributes = async () => {
      const { searchAttributes } = await onramp.client.workflow.getHandle(onboardingId(onramp.customerId)).describe()
      return ((searchAttributes['OnboardingAttention'] ?? []) as string[]).toSorted()
    }
    await expect
      .poll(attributes)
      .toEqual(['email-taken', 'email-taken@contact-update', 'refused-by-hubspot', 'refused-by-hubspot@company-update'])
    expect(reasonsIn(await attributes())).toEqual(['email-taken', 'refused-by-hubspot'])
  })
})

describe('a record that people merge into another', () => {
  const merge = async (onramp: Onramp, object: string, primaryObjectId: string, objectIdToMerge: string) => {
    const answer = await askHubSpot(onramp, 'POST', `/crm/v3/objects/${object}/merge`, {
      primaryObjectId,
      objectIdToMerge,
    })
    return ((await answer.json()) as { id: string }).id
  }

  it.for(['a new id', 'the primary record’s id'])(
    'is followed where it lives on under %s: contact',
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
      expect((await recordsOf(onramp.portal)).contacts).toHaveLength(1)
    },
  )

  it('is followed where it lives on: company', async ({ onramp }) => {
    await onramp.registered()
    const { hubspot } = await onramp.reaches('onboarded')
    const created = await askHubSpot(onramp, 'POST', '/crm/v3/objects/companies', { properties: { name: 'Another' } })
    const other = ((await created.json()) as { id: string }).id
    const survivor = await merge(onramp, 'companies', other, hubspot.companyId ?? '')

    await onramp.updated({ company: { phone: '2' } })
    await expect
      .poll(async () => (await recordsOf(onramp.portal)).companies)
      .toMatchObject([{ id: survivor, phone: '2' }])
    await expect.poll(async () => (await onramp.status()).hubspot.companyId).toBe(survivor)
  })
})
