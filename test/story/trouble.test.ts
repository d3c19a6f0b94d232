// G2, G9 · Lost responses, outages and rejections: nothing is lost, nothing is doubled, and an outage parks nobody.

import { describe, expect } from 'vitest'
import type { Fault } from 'hubspot-emulator/control'
import { aContactInHubSpot, rejectionOf } from '../support/given.ts'
import { HUBSPOT_CALLS, it, recordsIn } from '../support/onramp.ts'
import type { Onramp } from '../support/onramp.ts'

const expectOneOfEach = async ({ portal }: Onramp) => {
  const { contacts, companies, associations } = await recordsIn(portal)
  expect(companies).toHaveLength(1)
  expect(contacts).toHaveLength(1)
  expect(associations).toEqual([{ contactId: contacts[0]?.id, companyId: companies[0]?.id }])
}

// HubSpot executes the call, and its response does not arrive.
const LOST_RESPONSES: Fault['effect'][] = [
  { kind: 'commit-then-cut' },
  { kind: 'commit-then-hang' },
  { kind: 'commit-then-status', status: 502 },
  { kind: 'truncated-json' },
]
const WRITES = [
  { what: 'company', call: HUBSPOT_CALLS.createCompany },
  { what: 'contact', call: HUBSPOT_CALLS.createContact },
  { what: 'association', call: HUBSPOT_CALLS.associate },
]

describe('G2 · a response that is lost after the write', () => {
  it.for(WRITES.flatMap((write) => LOST_RESPONSES.map((effect) => ({ ...write, effect, how: effect.kind }))))(
    'leaves one $what ($how)',
    async ({ call, effect }, { onramp }) => {
      await onramp.portal.fault({ ...call, effect })
      await onramp.registered()
      expect(await onramp.reaches('onboarded')).toMatchObject({ parked: [] })
      await expectOneOfEach(onramp)
    },
  )
})

describe('G9 · HubSpot that is unavailable for a while', () => {
  it('parks nobody, and the customer continues without an operator', async ({ onramp }) => {
    await onramp.portal.fault({ times: 3, effect: { kind: 'status', status: 503 } })
    await onramp.registered()
    expect(await onramp.reaches('onboarded')).toMatchObject({ parked: [] })
    await expectOneOfEach(onramp)
  })

  it('is not called before the pause that it asks for has passed', async ({ onramp }) => {
    await onramp.portal.fault({
      ...HUBSPOT_CALLS.createContact,
      effect: { kind: 'status', status: 429, policy: 'SECONDLY', retryAfterSeconds: 2 },
    })
    await onramp.registered()
    await onramp.reaches('onboarded')
    const creates = await onramp.portal.requests(HUBSPOT_CALLS.createContact)
    expect(creates.map(({ status }) => status)).toEqual([429, 201])
    expect(Date.parse(creates[1]?.at ?? '') - Date.parse(creates[0]?.at ?? '')).toBeGreaterThanOrEqual(1900)
  })

  it.for([
    ['an HTML page', { kind: 'html', status: 502 }],
    ['a response without a content type', { kind: 'no-content-type' }],
    ['an empty batch response', { kind: 'empty-batch' }],
  ] satisfies [string, Fault['effect']][])(
    'may answer with %s, and the customer is onboarded',
    async ([, effect], { onramp }) => {
      await onramp.portal.fault({ method: 'POST', effect })
      await onramp.registered()
      await onramp.reaches('onboarded')
      await expectOneOfEach(onramp)
    },
  )
})

describe('a record that HubSpot created a moment ago and does not find yet', () => {
  it('is associated by a retry, and the customer is not parked', async ({ onramp }) => {
    await onramp.portal.fault({ ...HUBSPOT_CALLS.associate, times: 2, effect: { kind: 'status', status: 404 } })
    await onramp.registered()
    expect(await onramp.reaches('onboarded')).toMatchObject({ parked: [] })
    await expectOneOfEach(onramp)
  })
})

describe('G2 · an update whose response is lost', () => {
  it.for(LOST_RESPONSES)('is written again with the same values ($kind)', async (effect, { onramp }) => {
    await onramp.registered()
    await onramp.reaches('onboarded')
    await onramp.portal.fault({ ...HUBSPOT_CALLS.updateContact, effect })
    await onramp.updated({ phone: '2' })
    await expect
      .poll(() => onramp.status().then(({ timeline }) => timeline.at(-1)))
      .toMatchObject({
        what: 'contact-update',
        outcome: 'written',
      })
    expect((await recordsIn(onramp.portal)).contacts).toMatchObject([{ phone: '2' }])
  })
})

describe('G11 · a success with another status than HubSpot documents', () => {
  it('is a success, and its body does not reach Temporal in an error', async ({ onramp }) => {
    const id = '171591999999'
    await onramp.portal.fault({
      ...HUBSPOT_CALLS.createContact,
      effect: {
        kind: 'body',
        status: 200,
        contentType: 'application/json',
        body: JSON.stringify({ id, properties: { email: 'ada@example.com' } }),
      },
    })
    await onramp.registered()
    // HubSpot does not have the contact of that response, so that the association finds it missing.
    const { timeline } = await onramp.reaches('onboarded')
    const outcomes = timeline.filter(({ what }) => what === 'contact').map(({ outcome }) => outcome)
    expect(outcomes).toEqual(['created', expect.stringContaining('deleted'), 'created'])
  })
})

describe('G9 · a 404 that is an HTML page', () => {
  it('parks nobody, since it does not come from HubSpot’s API', async ({ onramp }) => {
    const page = { kind: 'body' as const, status: 404, contentType: 'text/html', body: '<html>no such host</html>' }
    await onramp.portal.fault({ ...HUBSPOT_CALLS.associate, times: 1, effect: page })
    await onramp.registered()
    expect(await onramp.reaches('onboarded')).toMatchObject({ parked: [] })
  })
})

describe('G6 · updates while HubSpot is unavailable', () => {
  // The pause is long enough for the events that arrive in it, also on a busy machine.
  const UNAVAILABLE: Fault['effect'] = { kind: 'status', status: 503, retryAfterSeconds: 4 }

  it('become one write with the newest values', async ({ onramp }) => {
    await onramp.registered()
    await onramp.reaches('onboarded')
    const before = (await onramp.portal.requests(HUBSPOT_CALLS.updateContact)).length

    await onramp.portal.fault({ ...HUBSPOT_CALLS.updateContact, effect: UNAVAILABLE })
    await onramp.updated({ phone: '1' })
    await expect.poll(async () => (await onramp.portal.requests(HUBSPOT_CALLS.updateContact)).length).toBe(before + 1)
    for (const phone of ['2', '3', '4']) await onramp.updated({ phone })
    await onramp.updated({ website: 'https://ada.example' })

    await expect
      .poll(() => recordsIn(onramp.portal).then(({ contacts }) => contacts))
      .toMatchObject([{ phone: '4', website: 'https://ada.example' }])
    // The failed write, its retry, and one write for all later updates.
    expect((await onramp.portal.requests(HUBSPOT_CALLS.updateContact)).length).toBe(before + 3)
  })
})

describe('G9 · data that HubSpot rejects for good', () => {
  it('parks the rejected field, names it, and writes the rest', async ({ onramp }) => {
    await onramp.registered()
    await onramp.reaches('onboarded')
    await onramp.portal.fault({ ...HUBSPOT_CALLS.updateContact, effect: rejectionOf('phone', 'INVALID_ALPHA') })
    await onramp.updated({ phone: 'secret-number', lastName: 'Lovelace' })
    await expect.poll(() => onramp.status().then(({ attention }) => attention?.fields)).toEqual(['phone'])

    const status = await onramp.status()
    expect(status).toMatchObject({
      phase: 'onboarded',
      attention: { reason: 'refused-by-hubspot', step: 'contact-update' },
    })
    expect(JSON.stringify(status)).not.toContain('secret-number')
    await expect.poll(async () => (await recordsIn(onramp.portal)).contacts).toMatchObject([{ lastname: 'Lovelace' }])
  })

  it.for([
    ['onramp_customer_id', 'INVALID_ALPHA', 'Change the rules of onramp_customer_id in HubSpot'],
    ['lead_source', 'MISSING_REQUIRED_PROPERTY', 'Change the rules of lead_source in HubSpot'],
    ['lastname', 'MISSING_REQUIRED_PROPERTY', 'Send the value'],
  ])('names property, code and what to do: %s', async ([property = '', code = '', whatToDo], { onramp }) => {
    await onramp.portal.fault({ ...HUBSPOT_CALLS.createContact, effect: rejectionOf(property, code) })
    await onramp.registered()
    await expect.poll(() => onramp.status().then(({ attention }) => attention?.step)).toBe('contact')
    const { attention } = await onramp.status()
    expect(attention).toMatchObject({ reason: 'refused-by-hubspot' })
    expect(attention?.message).toContain(code)
    expect(attention?.message).toContain(whatToDo)
  })

  it('is no conflict when HubSpot quotes a customer’s text that reads like one', async ({ onramp }) => {
    await onramp.registered()
    await onramp.reaches('onboarded')
    const quoting = JSON.stringify({
      status: 'error',
      category: 'VALIDATION_ERROR',
      message: '171591000198 already has that value is not a phone number.',
      errors: [
        { message: '171591000198 already has that value', code: 'INVALID_PHONE', context: { propertyName: ['phone'] } },
      ],
    })
    const effect = { kind: 'body', status: 400, contentType: 'application/json', body: quoting } as const
    await onramp.portal.fault({ ...HUBSPOT_CALLS.updateContact, effect })
    await onramp.updated({ phone: '171591000198 already has that value', email: 'ada@new.example' })
    await expect.poll(() => onramp.status().then(({ attention }) => attention?.fields)).toEqual(['phone'])
    await expect
      .poll(async () => (await recordsIn(onramp.portal)).contacts)
      .toMatchObject([{ email: 'ada@new.example' }])
    expect(JSON.stringify(await onramp.status())).not.toContain('171591000198')
  })

  it('is written when an operator resumes and HubSpot accepts it', async ({ onramp }) => {
    await onramp.portal.fault({ ...HUBSPOT_CALLS.createContact, effect: { kind: 'status', status: 400 } })
    await onramp.registered()
    await expect.poll(() => onramp.status().then(({ attention }) => attention?.step)).toBe('contact')

    await onramp.client.workflow.getHandle(`onboarding/${onramp.customerId}`).executeUpdate('resume')
    expect(await onramp.reaches('onboarded')).toMatchObject({ attention: null })
    await expectOneOfEach(onramp)
  })

  it('cannot be resumed when nothing is parked', async ({ onramp }) => {
    await onramp.registered()
    await onramp.reaches('onboarded')
    const handle = onramp.client.workflow.getHandle(`onboarding/${onramp.customerId}`)
    await expect(handle.executeUpdate('resume')).rejects.toMatchObject({ cause: { type: 'nothing-parked' } })
  })
})

describe('G9 · an address that another contact has', () => {
  it('parks only the address, names both contacts, and writes the rest', async ({ onramp }) => {
    await onramp.registered()
    const { hubspot } = await onramp.reaches('onboarded')
    const other = await aContactInHubSpot(onramp, { email: 'taken@example.com' })

    await onramp.updated({ email: 'taken@example.com', lastName: 'Lovelace' })
    await expect.poll(() => onramp.status().then(({ attention }) => attention?.reason)).toBe('email-taken')
    const { attention } = await onramp.status()
    expect(attention?.message).toContain(other)
    expect(attention?.message).toContain(hubspot.contactId)
    expect((await recordsIn(onramp.portal)).contacts).toMatchObject([
      { email: 'ada@example.com', lastname: 'Lovelace' },
      { id: other },
    ])
  })
})
