// G2, G9 · Whatever breaks between onramp and HubSpot: nothing is lost, nothing is doubled, an outage parks nobody.

import { describe, expect } from 'vitest'
import type { Fault } from 'hubspot-emulator/control'
import { aContactInHubSpot, refusalOf } from '../support/given.ts'
import { CALLS, it, recordsOf } from '../support/onramp.ts'
import type { Onramp } from '../support/onramp.ts'

const oneOfEach = async ({ portal }: Onramp) => {
  const { contacts, companies, associations } = await recordsOf(portal)
  expect(companies).toHaveLength(1)
  expect(contacts).toHaveLength(1)
  expect(associations).toEqual([{ contactId: contacts[0]?.id, companyId: companies[0]?.id }])
}

// How an answer can be lost after HubSpot has done what it was asked.
const LOST: Fault['effect'][] = [
  { kind: 'commit-then-cut' },
  { kind: 'commit-then-hang' },
  { kind: 'commit-then-status', status: 502 },
  { kind: 'truncated-json' },
]
const WRITES = [
  { what: 'company', call: CALLS.createCompany },
  { what: 'contact', call: CALLS.createContact },
  { what: 'association', call: CALLS.associate },
]

describe('G2 · an answer that is lost after the write', () => {
  it.for(WRITES.flatMap((write) => LOST.map((effect) => ({ ...write, effect, how: effect.kind }))))(
    'leaves one $what ($how)',
    async ({ call, effect }, { onramp }) => {
      await onramp.portal.fault({ ...call, effect })
      await onramp.registered()
      expect(await onramp.reaches('onboarded')).toMatchObject({ parked: [] })
      await oneOfEach(onramp)
    },
  )
})

describe('G9 · HubSpot that is down for a while', () => {
  it('parks nobody, and every customer goes on by themselves', async ({ onramp }) => {
    await onramp.portal.fault({ times: 3, effect: { kind: 'status', status: 503 } })
    await onramp.registered()
    expect(await onramp.reaches('onboarded')).toMatchObject({ parked: [] })
    await oneOfEach(onramp)
  })

  it('is left alone for as long as it asks to be', async ({ onramp }) => {
    await onramp.portal.fault({
      ...CALLS.createContact,
      effect: { kind: 'status', status: 429, policy: 'SECONDLY', retryAfterSeconds: 2 },
    })
    await onramp.registered()
    await onramp.reaches('onboarded')
    const creates = await onramp.portal.requests(CALLS.createContact)
    expect(creates.map(({ status }) => status)).toEqual([429, 201])
    expect(Date.parse(creates[1]?.at ?? '') - Date.parse(creates[0]?.at ?? '')).toBeGreaterThanOrEqual(1900)
  })

  it.for([
    ['an HTML page', { kind: 'html', status: 502 }],
    ['an answer without a content type', { kind: 'no-content-type' }],
    ['an empty batch answer', { kind: 'empty-batch' }],
  ] satisfies [string, Fault['effect']][])('is survived when it answers %s', async ([, effect], { onramp }) => {
    await onramp.portal.fault({ method: 'POST', effect })
    await onramp.registered()
    await onramp.reaches('onboarded')
    await oneOfEach(onramp)
  })
})

describe('a record made a moment ago that HubSpot does not know yet', () => {
  it('is asked for again, and the customer is not parked', async ({ onramp }) => {
    await onramp.portal.fault({ ...CALLS.associate, times: 2, effect: { kind: 'status', status: 404 } })
    await onramp.registered()
    expect(await onramp.reaches('onboarded')).toMatchObject({ parked: [] })
    await oneOfEach(onramp)
  })
})

describe('G2 · an update whose answer is lost', () => {
  it.for(LOST)('is written once more with the same values ($kind)', async (effect, { onramp }) => {
    await onramp.registered()
    await onramp.reaches('onboarded')
    await onramp.portal.fault({ ...CALLS.updateContact, effect })
    await onramp.updated({ phone: '2' })
    await expect
      .poll(() => onramp.status().then(({ timeline }) => timeline.at(-1)), { timeout: 10_000 })
      .toMatchObject({
        what: 'contact-update',
        outcome: 'written',
      })
    expect((await recordsOf(onramp.portal)).contacts).toMatchObject([{ phone: '2' }])
  })
})

describe('G11 · a success in another status than the specification has', () => {
  it('is a success, and nothing of it reaches Temporal as an error', async ({ onramp }) => {
    const id = '171591999999'
    await onramp.portal.fault({
      ...CALLS.createContact,
      effect: {
        kind: 'body',
        status: 200,
        contentType: 'application/json',
        body: JSON.stringify({ id, properties: { email: 'ada@example.com' } }),
      },
    })
    await onramp.registered()
    await expect.poll(() => onramp.status().then(({ hubspot }) => hubspot.contactId)).toBe(id)
  })
})

describe('G9 · a page where HubSpot’s 404 would be', () => {
  it('parks nobody, since it says nothing about a record', async ({ onramp }) => {
    const page = { kind: 'body' as const, status: 404, contentType: 'text/html', body: '<html>no such host</html>' }
    await onramp.portal.fault({ ...CALLS.associate, times: 1, effect: page })
    await onramp.registered()
    expect(await onramp.reaches('onboarded')).toMatchObject({ parked: [] })
  })
})

describe('G6 · updates while HubSpot is down', () => {
  it('become one write with the newest values', async ({ onramp }) => {
    await onramp.registered()
    await onramp.reaches('onboarded')
    const before = (await onramp.portal.requests(CALLS.updateContact)).length

    await onramp.portal.fault({ ...CALLS.updateContact, times: 1, effect: { kind: 'status', status: 503 } })
    await onramp.updated({ phone: '1' })
    await expect.poll(async () => (await onramp.portal.requests(CALLS.updateContact)).length).toBe(before + 1)
    for (const phone of ['2', '3', '4']) await onramp.updated({ phone })
    await onramp.updated({ website: 'https://ada.example' })

    await expect
      .poll(() => recordsOf(onramp.portal).then(({ contacts }) => contacts), { timeout: 10_000 })
      .toMatchObject([{ phone: '4', website: 'https://ada.example' }])
    // The refused one, its repeat, and all later ones in one.
    expect((await onramp.portal.requests(CALLS.updateContact)).length).toBe(before + 3)
  })
})

describe('G9 · a value that HubSpot refuses for good', () => {
  it('parks that field, names it, and writes the rest', async ({ onramp }) => {
    await onramp.registered()
    await onramp.reaches('onboarded')
    await onramp.portal.fault({ ...CALLS.updateContact, effect: refusalOf('phone', 'INVALID_ALPHA') })
    await onramp.updated({ phone: 'secret-number', lastName: 'Lovelace' })
    await expect.poll(() => onramp.status().then(({ attention }) => attention?.fields)).toEqual(['phone'])

    const status = await onramp.status()
    expect(status).toMatchObject({
      phase: 'onboarded',
      attention: { reason: 'refused-by-hubspot', step: 'contact-update' },
    })
    expect(JSON.stringify(status)).not.toContain('secret-number')
    expect((await recordsOf(onramp.portal)).contacts).toMatchObject([{ lastname: 'Lovelace' }])
  })

  it('is written after all when an operator resumes', async ({ onramp }) => {
    await onramp.portal.fault({ ...CALLS.createContact, effect: { kind: 'status', status: 400 } })
    await onramp.registered()
    await expect.poll(() => onramp.status().then(({ attention }) => attention?.step)).toBe('contact')

    await onramp.client.workflow.getHandle(`onboarding/${onramp.customerId}`).executeUpdate('resume')
    expect(await onramp.reaches('onboarded')).toMatchObject({ attention: null })
    await oneOfEach(onramp)
  })

  it('cannot be resumed when nothing is parked', async ({ onramp }) => {
    await onramp.registered()
    await onramp.reaches('onboarded')
    const handle = onramp.client.workflow.getHandle(`onboarding/${onramp.customerId}`)
    await expect(handle.executeUpdate('resume')).rejects.toMatchObject({ cause: { type: 'nothing-parked' } })
  })
})

describe('an address that another contact has', () => {
  it('parks the address alone, names both contacts, and writes the rest', async ({ onramp }) => {
    await onramp.registered()
    const { hubspot } = await onramp.reaches('onboarded')
    const other = await aContactInHubSpot(onramp, { email: 'taken@example.com' })

    await onramp.updated({ email: 'taken@example.com', lastName: 'Lovelace' })
    await expect.poll(() => onramp.status().then(({ attention }) => attention?.reason)).toBe('email-taken')
    const { attention } = await onramp.status()
    expect(attention?.message).toContain(other)
    expect(attention?.message).toContain(hubspot.contactId)
    expect((await recordsOf(onramp.portal)).contacts).toMatchObject([
      { email: 'ada@example.com', lastname: 'Lovelace' },
      { id: other },
    ])
  })
})
