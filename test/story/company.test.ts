// G2 · The company of a customer: one for each organization, found by its key, or adopted by its domain, and never guessed.

import { describe, expect } from 'vitest'
import { companyKey } from '../../hubspot/company-key.ts'
import { onboardingId } from '../../domain/ids.ts'
import { aCompanyInHubSpot, rejectionOf } from '../support/given.ts'
import { HUBSPOT_CALLS, it, onrampWith, recordsIn } from '../support/onramp.ts'
import type { Onramp } from '../support/onramp.ts'
import { at } from '../support/story.ts'

describe('G2 · the key of a company', () => {
  const key = (domain: string | null, organizationId: string | null = null) =>
    companyKey({ customerId: 'cus_1', organizationId, values: { 'company.domain': domain } })

  it.for([
    ['the product’s id of the organization, if there is one', 'analytical.example', 'org_1', 'id:org_1'],
    ['the registrable domain', 'analytical.example', null, 'domain:analytical.example'],
    ['the registrable domain of a host name', 'www.shop.analytical.co.uk', null, 'domain:analytical.co.uk'],
    ['the registrable domain of a URL', 'https://www.Analytical.example/about?x=1', null, 'domain:analytical.example'],
    ['the customer id for a free-mail domain', 'gmail.com', null, 'customer:cus_1'],
    ['the customer id for a subdomain of a free-mail domain', 'mail.gmx.de', null, 'customer:cus_1'],
    ['the subdomain of a shared domain', 'analytical.myshopify.com', null, 'domain:analytical.myshopify.com'],
    ['the customer id for a shared domain itself', 'myshopify.com', null, 'customer:cus_1'],
    ['the customer id for an IP address', '127.0.0.1', null, 'customer:cus_1'],
    ['the customer id without a domain', null, null, 'customer:cus_1'],
    ['the customer id for a text that is no domain', 'localhost', null, 'customer:cus_1'],
  ] as const)('is %s (%s)', ([, domain, organizationId, expected]) => {
    expect(key(domain, organizationId)).toBe(expected)
  })
})

describe('G2 · a company that HubSpot users made before', () => {
  it('is adopted when no other has its domain, and keeps the values of HubSpot users', async ({ onramp }) => {
    const companyId = await aCompanyInHubSpot(onramp, { name: 'The Engines', domain: 'analytical.example' })
    await onramp.registered({ company: { name: 'Analytical Engines', domain: 'www.analytical.example', phone: '1' } })
    const status = await onramp.reaches('onboarded')

    expect(status.hubspot).toMatchObject({ companyId, companyOutcome: 'adopted' })
    expect((await recordsIn(onramp.portal)).companies).toMatchObject([
      { id: companyId, name: 'The Engines', phone: '1', onramp_company_key: 'domain:analytical.example' },
    ])
  })

  it('is not guessed when several have the domain, and the timeline says so', async ({ onramp }) => {
    await aCompanyInHubSpot(onramp, { name: 'One', domain: 'analytical.example' })
    await aCompanyInHubSpot(onramp, { name: 'Two', domain: 'analytical.example' })
    await onramp.registered()
    const { hubspot, timeline } = await onramp.reaches('onboarded')

    expect(hubspot.companyOutcome).toBe('created')
    expect(timeline.find(({ what }) => what === 'company')?.note).toContain('several companies')
    const { companies } = await recordsIn(onramp.portal)
    expect(new Set(companies.map(({ name }) => name))).toEqual(new Set(['Analytical Engines', 'One', 'Two']))
  })

  it('is not changed when it carries another organization’s key', async ({ onramp }) => {
    const domain = 'analytical.example'
    const other = await aCompanyInHubSpot(onramp, { name: 'Other', domain, onramp_company_key: 'id:org_other' })
    await onramp.registered({ company: { id: 'org_1', name: 'Analytical Engines', domain } })
    const { hubspot } = await onramp.reaches('onboarded')
    expect(hubspot.companyId).not.toBe(other)
    expect((await recordsIn(onramp.portal)).companies).toHaveLength(2)
  })

  it.for([
    ['its domain', 'domain:analytical.example', 'org_1'],
    ['the product’s id', 'id:org_1', undefined],
  ] as const)('is found when its key holds %s and the customer’s key does not', async ([, key, id], { onramp }) => {
    const domain = 'analytical.example'
    const companyId = await aCompanyInHubSpot(onramp, { name: 'Engines', domain, onramp_company_key: key })
    await onramp.registered({ company: { name: 'Analytical Engines', domain, ...(id && { id }) } })
    expect((await onramp.reaches('onboarded')).hubspot).toMatchObject({ companyId, companyOutcome: 'existed' })
    expect((await recordsIn(onramp.portal)).companies).toMatchObject([{ onramp_company_key: key }])
  })

  it('is adopted once when HubSpot’s response is lost', async ({ onramp }) => {
    const companyId = await aCompanyInHubSpot(onramp, { name: 'Engines', domain: 'analytical.example' })
    await onramp.portal.fault({ method: 'PATCH', path: '/companies/', effect: { kind: 'commit-then-cut' } })
    await onramp.registered()
    expect((await onramp.reaches('onboarded')).hubspot).toMatchObject({ companyId })
    expect((await recordsIn(onramp.portal)).companies).toHaveLength(1)
  })
})

describe('G2 · HubSpot’s search, when it lags', () => {
  it('does not let an organization adopt a company that another one has just adopted', async ({ onramp }) => {
    const domain = 'analytical.example'
    await aCompanyInHubSpot(onramp, { name: 'Engines', domain })
    await onramp.portal.settings({ searchLagMs: 60_000 })
    const other = `${onramp.customerId}-other`
    await onramp.registered({ company: { id: 'org_1', name: 'First', domain } })
    const first = await onramp.reaches('onboarded')
    await onramp.registered({
      customerId: other,
      email: 'other@example.com',
      company: { id: 'org_2', name: 'Second', domain },
    })
    const second = await onramp.reaches('onboarded', other)
    expect(second.hubspot.companyId).not.toBe(first.hubspot.companyId)
    expect((await recordsIn(onramp.portal)).companies.map((company) => company.onramp_company_key)).toContain(
      'id:org_1',
    )
  })

  it('does not lead to a second company when the product sends an id of the organization later', async ({ onramp }) => {
    const domain = 'analytical.example'
    await onramp.portal.settings({ searchLagMs: 60_000 })
    const other = `${onramp.customerId}-other`
    await onramp.registered({ company: { name: 'Analytical Engines', domain } })
    await onramp.reaches('onboarded')
    await onramp.registered({
      customerId: other,
      email: 'other@example.com',
      company: { id: 'org_1', name: 'A', domain },
    })
    await onramp.reaches('onboarded', other)
    expect((await recordsIn(onramp.portal)).companies).toHaveLength(1)
  })
})

describe('COMPANY_ADOPTION=off', () => {
  const itWithoutAdoption = onrampWith({ policies: { adoption: 'off' } })

  itWithoutAdoption('changes no company that HubSpot users made, and never searches', async ({ onramp }) => {
    await aCompanyInHubSpot(onramp, { name: 'Engines', domain: 'analytical.example' })
    await onramp.registered()
    expect((await onramp.reaches('onboarded')).hubspot.companyOutcome).toBe('created')
    expect(await onramp.portal.requests({ path: '/search$' })).toEqual([])
  })
})

describe('G4 · a late event for a company that belongs to one customer alone', () => {
  it('is written, and moves no watermark back', async ({ onramp }) => {
    await onramp.registered({ firstName: 'Ada' }, { timestamp: '2026-11-24T10:00:00.000Z' })
    await onramp.reaches('onboarded')
    await onramp.updated({ phone: '1', company: { phone: '2' } }, { timestamp: '2026-11-24T09:00:00.000Z' })
    await expect
      .poll(() => recordsIn(onramp.portal))
      .toMatchObject({ contacts: [{ phone: '1' }], companies: [{ phone: '2' }] })
    const newest = String(Date.parse('2026-11-24T10:00:00.000Z'))
    expect(await recordsIn(onramp.portal)).toMatchObject({
      contacts: [{ onramp_last_event_at: newest }],
      companies: [{ onramp_last_event_at: newest }],
    })
  })
})

describe('G4 · a late event after an update whose response was lost', () => {
  it('is written, since no other customer has written a newer value', async ({ onramp }) => {
    const company = async () => (await recordsIn(onramp.portal)).companies[0]
    await onramp.registered({}, { timestamp: '2026-11-24T08:00:00.000Z' })
    await onramp.reaches('onboarded')
    await onramp.portal.fault({ ...HUBSPOT_CALLS.updateCompany, times: 1, effect: { kind: 'commit-then-cut' } })
    await onramp.updated({ company: { phone: '10' } }, { timestamp: '2026-11-24T10:00:00.000Z' })
    await expect
      .poll(async () => (await onramp.status()).timeline.at(-1))
      .toMatchObject({ what: 'company-update', outcome: 'written' })
    await onramp.updated({ company: { website: 'https://nine.example' } }, { timestamp: '2026-11-24T09:00:00.000Z' })
    await expect.poll(company).toMatchObject({ phone: '10', website: 'https://nine.example' })
  })
})

describe('G4 · a company that several customers share', () => {
  it('keeps its newest value when another customer sends an older one', async ({ onramp }) => {
    const company = { id: 'org_1', name: 'Analytical Engines' }
    const colleague = `${onramp.customerId}-colleague`
    await onramp.registered({ company }, { timestamp: '2026-11-24T08:00:00.000Z' })
    await onramp.reaches('onboarded')
    await onramp.registered(
      { customerId: colleague, email: 'c@example.com', company },
      { timestamp: '2026-11-24T08:00:01.000Z' },
    )
    await onramp.reaches('onboarded', colleague)

    await onramp.updated({ company: { phone: 'newest' } }, { timestamp: '2026-11-24T10:00:00.000Z' })
    await expect.poll(() => recordsIn(onramp.portal).then(({ companies }) => companies[0]?.phone)).toBe('newest')
    await onramp.updated(
      { customerId: colleague, company: { phone: 'older' } },
      { timestamp: '2026-11-24T09:00:00.000Z' },
    )
    await expect
      .poll(() => onramp.status(colleague).then(({ timeline }) => timeline.at(-1)))
      .toMatchObject({ what: 'company-update', outcome: 'skipped' })
    expect((await recordsIn(onramp.portal)).companies[0]?.phone).toBe('newest')
  })

  it('keeps the value that a registration has filled in when another customer sends an older one', async ({
    onramp,
  }) => {
    const colleague = `${onramp.customerId}-colleague`
    const org = { id: 'org_1', name: 'Analytical Engines' }
    await onramp.registered({ company: org }, at(0))
    await onramp.reaches('onboarded')
    const company = { ...org, phone: 'filled in at 20' }
    await onramp.registered({ customerId: colleague, email: 'c@example.com', company }, at(20))
    await onramp.reaches('onboarded', colleague)

    await onramp.updated({ company: { phone: 'older' } }, at(10))
    await expect.poll(async () => (await onramp.status()).fields['company.phone']?.state).toBe('skipped')
    expect((await onramp.status(colleague)).fields['company.phone']?.state).toBe('written')
    expect((await recordsIn(onramp.portal)).companies).toMatchObject([{ phone: 'filled in at 20' }])
  })

  it('gets a late value of the customer whose registration has filled in another field', async ({ onramp }) => {
    const colleague = `${onramp.customerId}-colleague`
    const org = { id: 'org_1', name: 'Analytical Engines' }
    await onramp.registered({ company: org }, at(0))
    await onramp.reaches('onboarded')
    const company = { ...org, phone: 'filled in at 20' }
    await onramp.registered({ customerId: colleague, email: 'c@example.com', company }, at(20))
    await onramp.reaches('onboarded', colleague)

    await onramp.updated({ customerId: colleague, company: { website: 'https://late.example' } }, at(10))
    await expect
      .poll(async () => (await recordsIn(onramp.portal)).companies[0])
      .toMatchObject({ phone: 'filled in at 20', website: 'https://late.example' })
  })

  describe('and that two of them have written', () => {
    const company = async ({ portal }: Onramp) => (await recordsIn(portal)).companies[0]
    const second = (count: number) => ({ timestamp: `2026-11-24T10:00:${count}.000Z` })
    const colleagueOf = ({ customerId }: Onramp) => `${customerId}-colleague`

    async function sharedCompany(onramp: Onramp) {
      const company = { id: 'org_1', name: 'Analytical Engines' }
      await onramp.registered({ company }, second(10))
      await onramp.reaches('onboarded')
      await onramp.registered({ customerId: colleagueOf(onramp), email: 'c@example.com', company }, second(10))
      await onramp.reaches('onboarded', colleagueOf(onramp))
    }

    async function bothWrite(onramp: Onramp) {
      await onramp.updated({ customerId: colleagueOf(onramp), company: { name: 'Newest' } }, second(30))
      await expect.poll(() => company(onramp)).toMatchObject({ name: 'Newest' })
      await onramp.updated({ company: { phone: '40' } }, second(40))
      await expect.poll(() => company(onramp)).toMatchObject({ phone: '40' })
      // The value is read back before the write is over.
      await expect.poll(async () => (await onramp.status()).fields['company.phone']?.state).toBe('written')
    }

    it('skips a late value that is older than the other customer’s', async ({ onramp }) => {
      await sharedCompany(onramp)
      await bothWrite(onramp)
      await onramp.updated({ company: { name: 'Late' } }, second(20))
      await expect
        .poll(async () => (await onramp.status()).timeline.at(-1))
        .toMatchObject({ what: 'company-update', outcome: 'skipped' })
      expect(await company(onramp)).toMatchObject({ name: 'Newest' })
    })

    it('skips only the older values of a resync and writes the newer ones', async ({ onramp }) => {
      await sharedCompany(onramp)
      await bothWrite(onramp)
      await onramp.client.workflow.getHandle(onboardingId(onramp.customerId)).executeUpdate('resync')
      const stepsOfResync = async () => {
        const steps = (await onramp.status()).timeline.map(({ what }) => what)
        return steps.slice(steps.indexOf('resync'))
      }
      // Either may be the last one: a slow write to the company is read back after the association.
      await expect.poll(stepsOfResync).toEqual(expect.arrayContaining(['company-update', 'association']))
      expect(await company(onramp)).toMatchObject({ name: 'Newest', phone: '40' })
    })
  })
})

describe('a company that is adopted at the registration', () => {
  const itOverwriting = onrampWith({ policies: { adoptedCompanyUpdates: 'overwrite' } })

  itOverwriting('gets the values of an update that overtook the registration', async ({ onramp }) => {
    await aCompanyInHubSpot(onramp, { name: 'Engines', domain: 'analytical.example', phone: 'from a HubSpot user' })
    await onramp.updated({ company: { phone: 'sent' } }, { timestamp: '2026-11-24T08:00:00.000Z' })
    await onramp.registered({}, { timestamp: '2026-11-24T09:00:00.000Z' })
    expect((await onramp.reaches('onboarded')).hubspot.companyOutcome).toBe('adopted')
    await expect.poll(async () => (await recordsIn(onramp.portal)).companies[0]?.phone).toBe('sent')
  })
})

describe('an existing company for which HubSpot rejects the only missing value', () => {
  it('does not delay the onboarding, and only the field is parked', async ({ onramp }) => {
    const colleague = `${onramp.customerId}-colleague`
    await onramp.registered({ customerId: colleague, email: 'c@example.com', company: { id: 'org_1', name: 'One' } })
    await onramp.reaches('onboarded', colleague)
    await onramp.portal.fault({
      ...HUBSPOT_CALLS.updateCompany,
      times: 1,
      effect: rejectionOf('phone', 'INVALID_PHONE'),
    })
    await onramp.registered({ company: { id: 'org_1', name: 'One', phone: 'bad' } })
    const { parked } = await onramp.reaches('onboarded')
    expect(parked).toMatchObject([{ step: 'company-update', fields: ['company.phone'] }])
  })
})
