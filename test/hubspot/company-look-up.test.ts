// G2, G3 · What a look-up says about a new customer's company, and how far `createCompany` may rely on it later.

import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { CompanyDraft, CompanyHint } from '../../domain/crm.ts'
import { startTestCrm } from '../support/hubspot-portal.ts'
import type { TestCrm } from '../support/hubspot-portal.ts'

let test: TestCrm

beforeEach(async () => {
  test = await startTestCrm({
    policies: {},
    skip: () => {
      throw new Error('this CRM skips nothing')
    },
  })
})
afterEach(async () => {
  await test.stop()
})

const domain = 'analytical.example'
const draft: CompanyDraft = {
  customerId: 'cus_1',
  organizationId: 'org_1',
  values: { 'company.name': 'Analytical Engines', 'company.domain': domain },
  lastEventAt: 3000,
}
const watermark = { onramp_last_event_at: '2000' }
const own = { onramp_company_key: 'id:org_1', onramp_company_domain: domain, ...watermark }
const complete = { name: 'Analytical Engines', domain, ...own }
const lookUp = async (company = draft) => await test.crm.findCustomer({ customerId: 'cus_1', company })
const inHubSpot = async (properties: Record<string, string>, object = 'companies') => {
  const response = await test.callAsHubSpotUser('POST', `/crm/v3/objects/${object}`, { properties })
  return ((await response.json()) as { id: string }).id
}
const change = async (id: string, properties: Record<string, string>) =>
  await test.callAsHubSpotUser('PATCH', `/crm/v3/objects/companies/${id}`, { properties })
const companies = async (): Promise<Record<string, string>[]> =>
  (await test.portal.records()).companies.map(({ id, properties }) => ({ ...properties, id }))
const lookedUp = (companyId: string | null, ageMs = 0): { lookedUp: CompanyHint } => ({
  lookedUp: { companyId, at: Date.now() - ageMs },
})
const HOUR_MS = 60 * 60 * 1000

describe('the look-up of a new customer', () => {
  it('returns the company when nothing is missing on it', async () => {
    const companyId = await inHubSpot(complete)
    expect(await lookUp()).toMatchObject({
      outcome: 'new',
      company: { outcome: 'existed', foundBy: 'key', companyId, standsFor: 'organization', kept: [] },
      hint: null,
    })
  })

  it('names the HubSpot users’ values that stay', async () => {
    await inHubSpot({ ...complete, name: 'The Engines' })
    expect(await lookUp()).toMatchObject({ company: { kept: ['company.name'] } })
  })

  it.for([
    ['a value', { ...complete, name: '' }],
    ['the watermark', { ...complete, onramp_last_event_at: '' }],
    ['a claim', { name: 'The Engines', domain }],
  ] as const)('leaves the company to the create when it lacks %s, and writes nothing', async ([, properties]) => {
    const companyId = await inHubSpot(properties)
    const before = await companies()
    expect(await lookUp()).toMatchObject({ company: null, hint: { companyId } })
    expect(await companies()).toEqual(before)
  })

  it('says that there is no company', async () => {
    expect(await lookUp()).toMatchObject({ outcome: 'new', company: null, hint: { companyId: null } })
  })

  it('leaves it to the create when HubSpot rejects a read of the company', async () => {
    await test.portal.fault({ path: '/companies/search$', effect: { kind: 'status', status: 503 } })
    expect(await lookUp()).toMatchObject({ outcome: 'new', company: null, hint: null })
  })

  it('does not wait for the search when it finds the company by its key', async () => {
    await inHubSpot(complete)
    await test.portal.fault({ path: '/companies/search$', effect: { kind: 'status', status: 503 } })
    expect(await lookUp()).toMatchObject({ company: { foundBy: 'key' } })
  })

  it('does not need the company of a customer whom HubSpot has from an earlier run', async () => {
    await inHubSpot({ email: 'ada@example.com', onramp_customer_id: 'cus_1' }, 'contacts')
    await test.portal.fault({ path: '/companies/', times: null, effect: { kind: 'status', status: 503 } })
    expect(await lookUp()).toMatchObject({ outcome: 'found', companyId: null })
  })
})

describe('a create after a look-up that found no company', () => {
  it('finds the company that another customer of the organization has created since', async () => {
    const hint = lookedUp(null)
    const companyId = await inHubSpot({ ...complete, name: 'As the other customer wrote it' })
    expect(await test.crm.createCompany({ ...draft, ...hint })).toMatchObject({
      outcome: 'existed',
      companyId,
      kept: ['company.name'],
    })
    expect(await companies()).toHaveLength(1)
  })

  it('creates one company when two customers of the organization do so at once', async () => {
    const hint = lookedUp(null)
    const two = { ...draft, customerId: 'cus_2' }
    const outcomes = await Promise.all([draft, two].map((each) => test.crm.createCompany({ ...each, ...hint })))
    expect(new Set(outcomes.map(({ companyId }) => companyId)).size).toBe(1)
    expect(await companies()).toHaveLength(1)
  })

  it('counts as its own when the response to its first attempt was lost', async () => {
    const hint = lookedUp(null)
    await test.portal.fault({
      method: 'POST',
      path: '/companies$',
      effect: { kind: 'commit-then-cut' },
    })
    await expect(test.crm.createCompany({ ...draft, ...hint })).rejects.toThrow('No usable response')
    expect(await test.crm.createCompany({ ...draft, ...hint })).toMatchObject({ outcome: 'created' })
    expect(await companies()).toHaveLength(1)
  })

  it('looks again after an hour, and adopts the company that HubSpot users have made since', async () => {
    const companyId = await inHubSpot({ name: 'The Engines', domain })
    const outcome = await test.crm.createCompany({ ...draft, ...lookedUp(null, HOUR_MS) })
    expect(outcome).toMatchObject({ outcome: 'adopted', companyId })
  })
})

describe('a look-up in the future, by a clock that is ahead or was set back', () => {
  it('counts as old', async () => {
    const companyId = await inHubSpot({ name: 'The Engines', domain })
    const outcome = await test.crm.createCompany({ ...draft, ...lookedUp(null, -HOUR_MS) })
    expect(outcome).toMatchObject({ outcome: 'adopted', companyId })
  })
})

describe('a create after a look-up that found a company', () => {
  it('fills in only what is still empty', async () => {
    const companyId = await inHubSpot({ ...complete, name: '' })
    const hint = lookedUp(companyId)
    await change(companyId, { name: 'As the other customer wrote it' })
    await test.crm.createCompany({ ...draft, ...hint })
    expect(await companies()).toMatchObject([{ name: 'As the other customer wrote it' }])
  })

  it('writes nothing to a company that another organization has claimed since', async () => {
    const companyId = await inHubSpot({ name: 'The Engines', domain })
    const hint = lookedUp(companyId)
    await change(companyId, { onramp_company_key: 'id:org_2' })
    const [before] = await companies()
    expect(await test.crm.createCompany({ ...draft, ...hint })).toMatchObject({ outcome: 'created' })
    const [after, created] = await companies()
    expect(after).toEqual(before)
    expect(created).toMatchObject({ onramp_company_key: 'id:org_1' })
  })

  it('creates a company when HubSpot users have deleted that one, or changed its domain', async () => {
    const companyId = await inHubSpot({ name: 'The Engines', domain })
    const hint = lookedUp(companyId)
    await change(companyId, { domain: 'other.example' })
    expect(await test.crm.createCompany({ ...draft, ...hint })).toMatchObject({ outcome: 'created' })
    await test.callAsHubSpotUser('DELETE', `/crm/v3/objects/companies/${companyId}`)
    expect(await test.crm.createCompany({ ...draft, ...hint })).toMatchObject({ outcome: 'created' })
    expect((await companies()).filter(({ onramp_company_key: key }) => key === 'id:org_1')).toHaveLength(1)
  })
})
