// G2, G3, G4 · One company for each organization, with or without an id, with any customer first; and no other customer's company is written.

import { describe, expect } from 'vitest'
import { aCompanyInHubSpot, callAsHubSpotUser } from '../support/given.ts'
import { HUBSPOT_CALLS, it, recordsIn } from '../support/onramp.ts'
import type { Onramp } from '../support/onramp.ts'
import { associatedCompanyNames, at, FIRST_EVENT_AT, itWithTimeSkipping, waitUntilCompleted } from '../support/story.ts'

const colleagueOf = ({ customerId }: Onramp) => `${customerId}-colleague`
const registerColleague = async (onramp: Onramp, company: object, event = at(1)) =>
  await onramp.registered({ customerId: colleagueOf(onramp), email: 'c@example.com', company }, event)
const companiesIn = async ({ portal }: Onramp) => (await recordsIn(portal)).companies

/** A HubSpot user associates the contact with another company as well, as its primary one. */
async function associateByHand(onramp: Onramp, contactId: string | null, companyId: string | null) {
  const path = `/crm/v4/objects/contacts/${contactId}/associations/companies/${companyId}`
  const primary = [1, 279].map((associationTypeId) => ({ associationCategory: 'HUBSPOT_DEFINED', associationTypeId }))
  expect((await callAsHubSpotUser(onramp, 'PUT', path, primary)).status).toBe(201)
}

describe('G3 · a customer whose contact HubSpot users made part of another customer’s company', () => {
  async function idleWithAnothersCompany(onramp: Onramp) {
    await registerColleague(onramp, { id: 'org_2', name: 'Two' }, at(0))
    const { companyId: two } = (await onramp.reaches('onboarded', colleagueOf(onramp))).hubspot
    await onramp.registered({ company: { id: 'org_1', name: 'One' } }, at(0))
    const { contactId } = (await onramp.reaches('onboarded')).hubspot
    await associateByHand(onramp, contactId, two)
    await waitUntilCompleted(onramp)
  }

  itWithTimeSkipping('has changes written to their own company after the idle time', async ({ onramp }) => {
    await idleWithAnothersCompany(onramp)
    await onramp.updated({ company: { phone: 'of One' } }, at(5))
    await expect
      .poll(async () => (await companiesIn(onramp)).map(({ name, phone }) => [name, phone]))
      .toEqual(expect.arrayContaining([['One', 'of One']]))
    expect((await companiesIn(onramp)).find(({ name }) => name === 'Two')?.phone).toBeUndefined()
  })

  itWithTimeSkipping('keeps the association of HubSpot users after the idle time', async ({ onramp }) => {
    await idleWithAnothersCompany(onramp)
    await onramp.updated({ company: { id: 'org_1', phone: 'of One' } }, at(5))
    await expect.poll(async () => (await companiesIn(onramp)).map(({ phone }) => phone)).toContain('of One')
    expect(new Set(await associatedCompanyNames(onramp))).toEqual(new Set(['One', 'Two']))
  })
})

describe('an association that HubSpot users made', () => {
  it('with the company of the registration stays when the customer moves', async ({ onramp }) => {
    await registerColleague(onramp, { id: 'org_1', name: 'One' }, at(0))
    const { companyId: one } = (await onramp.reaches('onboarded', colleagueOf(onramp))).hubspot
    const created = await callAsHubSpotUser(onramp, 'POST', '/crm/v3/objects/contacts', {
      properties: { email: 'ada@example.com' },
    })
    await associateByHand(onramp, ((await created.json()) as { id: string }).id, one)
    await onramp.registered({ company: { id: 'org_1', name: 'One' } }, at(0))
    const { contactId } = await onramp.reaches('onboarded').then(({ hubspot }) => hubspot)
    await onramp.updated({ company: { id: 'org_2', name: 'Two' } }, at(1))
    await expect.poll(() => associatedCompanyNames(onramp)).toContain('Two')
    await expect.poll(async () => (await onramp.status()).phase).toBe('onboarded')
    const { associations } = await recordsIn(onramp.portal)
    expect(associations.filter((each) => each.contactId === contactId)).toHaveLength(2)
  })
})

describe('a contact whose customer id HubSpot users emptied', () => {
  it('is claimed again when the customer moves', async ({ onramp }) => {
    await onramp.registered({ company: { id: 'org_1', name: 'One' } }, at(0))
    const { contactId } = (await onramp.reaches('onboarded')).hubspot
    const properties = { onramp_customer_id: '' }
    await callAsHubSpotUser(onramp, 'PATCH', `/crm/v3/objects/contacts/${contactId}`, { properties })
    await onramp.updated({ company: { id: 'org_2', name: 'Two' } }, at(1))
    await expect.poll(() => associatedCompanyNames(onramp)).toContain('Two')
    await expect
      .poll(async () => (await recordsIn(onramp.portal)).contacts)
      .toMatchObject([{ id: contactId, onramp_customer_id: onramp.customerId, onramp_company_key: 'id:org_2' }])
    await expect.poll(async () => (await onramp.status()).attention).toBeNull()
  })
})

describe('an association that HubSpot users made before onramp made any', () => {
  it('stays when the customer moves first', async ({ onramp }) => {
    const companyId = await aCompanyInHubSpot(onramp, { name: 'One', domain: 'one.example' })
    const created = await callAsHubSpotUser(onramp, 'POST', '/crm/v3/objects/contacts', {
      properties: { email: 'ada@example.com' },
    })
    await associateByHand(onramp, ((await created.json()) as { id: string }).id, companyId)
    await onramp.portal.fault({ ...HUBSPOT_CALLS.createContact, times: 2, effect: { kind: 'status', status: 503 } })
    await onramp.registered({ company: { id: 'org_1', name: 'One', domain: 'one.example' } }, at(0))
    await expect.poll(async () => (await onramp.status()).hubspot.companyId).toBe(companyId)
    await onramp.updated({ company: { id: 'org_2', name: 'Two' } }, at(1))
    await expect.poll(() => associatedCompanyNames(onramp)).toContain('Two')
    await onramp.reaches('onboarded')
    expect(new Set(await associatedCompanyNames(onramp))).toEqual(new Set(['One', 'Two']))
  })
})

describe('G4 · an event that carries only company fields', () => {
  it('raises the contact’s event time at once, so that a lost run does no harm', async ({ onramp }) => {
    await onramp.registered({ company: { id: 'org_1', name: 'One' } }, at(0))
    await onramp.reaches('onboarded')
    await onramp.updated({ company: { phone: '9' } }, at(9))
    await expect
      .poll(async () => (await recordsIn(onramp.portal)).contacts[0]?.onramp_last_event_at)
      .toBe(String(FIRST_EVENT_AT + 9000))
  })

  itWithTimeSkipping('is known after the idle time, so that an older event moves nobody', async ({ onramp }) => {
    await onramp.registered({ company: { id: 'org_1', name: 'One' } }, at(0))
    await onramp.reaches('onboarded')
    await onramp.updated({ company: { id: 'org_1', phone: '9' } }, at(9))
    await waitUntilCompleted(onramp)
    await onramp.updated({ company: { id: 'org_2', name: 'Two' } }, at(5))
    await waitUntilCompleted(onramp)
    expect(await associatedCompanyNames(onramp)).toEqual(['One'])
  })

  itWithTimeSkipping('is known after the idle time even if it only repeats the organization', async ({ onramp }) => {
    await onramp.registered({ company: { id: 'org_1', name: 'One' } }, at(0))
    await onramp.reaches('onboarded')
    await onramp.updated({ company: { id: 'org_1' } }, at(9))
    await waitUntilCompleted(onramp)
    await onramp.updated({ company: { id: 'org_2', name: 'Two' } }, at(5))
    await waitUntilCompleted(onramp)
    expect(await associatedCompanyNames(onramp)).toEqual(['One'])
  })
})

describe('G2 · an organization of which only some events carry the id', () => {
  const domain = 'analytical.example'
  const withId = { id: 'org_1', name: 'Analytical Engines', domain }
  const withoutId = { name: 'Analytical Engines', domain }

  it.for([
    ['the id comes first', withId, withoutId],
    ['the id comes second', withoutId, withId],
  ] as const)('has one company while HubSpot’s search lags, when %s', async ([, first, second], { onramp }) => {
    await onramp.portal.settings({ searchLagMs: 60_000 })
    await onramp.registered({ company: first }, at(0))
    await onramp.reaches('onboarded')
    await registerColleague(onramp, second)
    const { hubspot } = await onramp.reaches('onboarded', colleagueOf(onramp))
    expect(await companiesIn(onramp)).toMatchObject([{ id: hubspot.companyId, onramp_company_domain: domain }])
  })

  it('has one company when both register in the same moment', async ({ onramp }) => {
    await onramp.portal.settings({ searchLagMs: 60_000, latencyMs: 50 })
    await Promise.all([onramp.registered({ company: withId }, at(0)), registerColleague(onramp, withoutId, at(0))])
    await onramp.reaches('onboarded')
    await onramp.reaches('onboarded', colleagueOf(onramp))
    expect(await companiesIn(onramp)).toHaveLength(1)
  })

  it('shares no company with an organization of another id, which is created without the domain', async ({
    onramp,
  }) => {
    await onramp.portal.settings({ searchLagMs: 60_000 })
    await onramp.registered({ company: withId }, at(0))
    await onramp.reaches('onboarded')
    await registerColleague(onramp, { ...withId, id: 'org_2' })
    const { timeline } = await onramp.reaches('onboarded', colleagueOf(onramp))
    expect((await companiesIn(onramp)).map((each) => [each.onramp_company_key, each.onramp_company_domain])).toEqual([
      ['id:org_1', domain],
      ['id:org_2', undefined],
    ])
    expect(timeline.find(({ what }) => what === 'company')?.note).toContain('another organization has this domain')
  })

  it('is found by its new domain after a change, unless another company has that', async ({ onramp }) => {
    await onramp.portal.settings({ searchLagMs: 60_000 })
    await onramp.registered({ company: withId }, at(0))
    await onramp.reaches('onboarded')
    await onramp.updated({ company: { domain: 'engines.example' } }, at(1))
    const domains = async () => (await companiesIn(onramp)).map((each) => [each.domain, each.onramp_company_domain])
    await expect.poll(domains).toEqual([['engines.example', 'engines.example']])
    await registerColleague(onramp, { name: 'Other', domain: 'other.example' })
    await onramp.reaches('onboarded', colleagueOf(onramp))
    await onramp.updated({ company: { domain: 'other.example' } }, at(2))
    await expect.poll(domains).toEqual([
      ['other.example', 'engines.example'],
      ['other.example', 'other.example'],
    ])
  })

  it('has one company for a domain in Unicode and in ASCII', async ({ onramp }) => {
    await onramp.portal.settings({ searchLagMs: 60_000 })
    await onramp.registered({ company: { name: 'Bücher', domain: 'bücher.example' } }, at(0))
    await onramp.reaches('onboarded')
    await registerColleague(onramp, { name: 'Bücher', domain: 'xn--bcher-kva.example' })
    await onramp.reaches('onboarded', colleagueOf(onramp))
    expect(await companiesIn(onramp)).toHaveLength(1)
  })
})

describe('G3 · a portal that ignores letter case in unique values', () => {
  it('keeps two organizations apart whose ids differ only in letter case', async ({ onramp }) => {
    await onramp.portal.settings({ uniqueValuesIgnoreCase: true })
    await onramp.registered({ company: { id: 'org_x', name: 'Lower' } }, at(0))
    await onramp.reaches('onboarded')
    await registerColleague(onramp, { id: 'ORG_X', name: 'Upper' })
    await onramp.reaches('onboarded', colleagueOf(onramp))
    await onramp.updated({ customerId: colleagueOf(onramp), company: { phone: 'of Upper' } }, at(2))
    await expect
      .poll(async () => (await companiesIn(onramp)).map(({ name, phone }) => [name, phone]))
      .toEqual([
        ['Lower', undefined],
        ['Upper', 'of Upper'],
      ])
  })

  it('parks a customer whose id differs from another one only in letter case', async ({ onramp }) => {
    await onramp.portal.settings({ uniqueValuesIgnoreCase: true })
    await onramp.registered({ company: { id: 'org_1', name: 'One' } }, at(0))
    await onramp.reaches('onboarded')
    const upper = onramp.customerId.toUpperCase()
    await onramp.registered({ customerId: upper, email: 'upper@example.com', phone: '2' }, at(1))
    await expect
      .poll(async () => (await onramp.status(upper)).attention)
      .toMatchObject({ reason: 'contact-of-another-customer', step: 'lookup' })
    expect((await recordsIn(onramp.portal)).contacts).toMatchObject([{ email: 'ada@example.com' }])
  })
})

describe('G4 · two customers of an organization who change it within 100 ms', () => {
  it('leave the newer value in HubSpot', async ({ onramp }) => {
    await onramp.registered({ company: { id: 'org_1', name: 'One' } }, at(0))
    await onramp.reaches('onboarded')
    await registerColleague(onramp, { id: 'org_1', name: 'One' }, at(0))
    await onramp.reaches('onboarded', colleagueOf(onramp))
    await onramp.portal.settings({ latencyMs: 150 })
    const phoneState = async (customerId?: string) => (await onramp.status(customerId)).fields['company.phone']?.state
    for (let round = 1; round <= 5; round += 1) {
      await Promise.all([
        onramp.updated({ company: { phone: `newer ${round}` } }, at(round * 10 + 1)),
        onramp.updated({ customerId: colleagueOf(onramp), company: { phone: `older ${round}` } }, at(round * 10)),
      ])
      await expect.poll(() => phoneState()).toBe('written')
      await expect.poll(() => phoneState(colleagueOf(onramp))).not.toBe('pending')
      expect((await companiesIn(onramp))[0]?.phone).toBe(`newer ${round}`)
    }
  })
})

describe('a company of HubSpot users with the domain of an event', () => {
  it('is not adopted when they have changed its domain and the search lags', async ({ onramp }) => {
    const companyId = await aCompanyInHubSpot(onramp, { name: 'Two', domain: 'one.example' })
    await onramp.portal.settings({ searchLagMs: 60_000 })
    const properties = { domain: 'two.example' }
    await callAsHubSpotUser(onramp, 'PATCH', `/crm/v3/objects/companies/${companyId}`, { properties })
    await onramp.registered({ company: { id: 'org_1', name: 'One', domain: 'one.example' } }, at(0))
    expect((await onramp.reaches('onboarded')).hubspot.companyId).not.toBe(companyId)
  })

  it('is found in either spelling of the domain', async ({ onramp }) => {
    const companyId = await aCompanyInHubSpot(onramp, { name: 'Bücher', domain: 'xn--bcher-kva.example' })
    await onramp.registered({ company: { name: 'Bücher', domain: 'bücher.example' } }, at(0))
    expect((await onramp.reaches('onboarded')).hubspot).toMatchObject({ companyId, companyOutcome: 'adopted' })
  })
})
