// G2, G3 · The association of a contact: who made it, and which company is the primary one, with as few reads as possible.

import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { ContactCompanies } from '../../domain/crm.ts'
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

const inHubSpot = async (object: 'contacts' | 'companies', properties: Record<string, string>) => {
  const response = await test.callAsHubSpotUser('POST', `/crm/v3/objects/${object}`, { properties })
  return ((await response.json()) as { id: string }).id
}
const associate = async (contactId: string, companyId: string) =>
  await test.callAsHubSpotUser(
    'PUT',
    `/crm/v4/objects/contacts/${contactId}/associations/default/companies/${companyId}`,
  )
const typesOf = async (companyId: string) =>
  (await test.portal.records()).associations.find((each) => each.companyId === companyId)?.typeIds
const reads = async () => (await test.portal.requests({ method: 'GET', path: '/associations/' })).length
const PRIMARY = [1, 279]

/** A contact of HubSpot users with so many companies, and what `createContact` says when it claims the contact. */
async function claimed(companyCount: number) {
  const contactId = await inHubSpot('contacts', { email: 'ada@example.com' })
  const theirs: string[] = []
  for (let count = 0; count < companyCount; count += 1) theirs.push(await inHubSpot('companies', { name: `${count}` }))
  for (const companyId of theirs) await associate(contactId, companyId)
  const companyId = await inHubSpot('companies', { name: 'Engines', onramp_company_key: 'id:org_1' })
  const values = { email: 'ada@example.com' }
  const contact = { customerId: 'cus_1', companyKey: 'id:org_1', values, lastEventAt: 1000 }
  const { companies } = await test.crm.createContact(contact)
  return { customerId: 'cus_1', contactId, companyId, companies, theirs }
}

describe('a contact that HubSpot users made', () => {
  it('is associated without a read, and keeps the primary company that they gave it', async () => {
    const { theirs, ...draft } = await claimed(2)
    expect(draft.companies).toMatchObject({ companyIds: theirs, primaryId: theirs[0] })
    const outcome = await test.crm.associateContact(draft)
    expect(outcome).toMatchObject({ isOwn: true, note: expect.stringContaining(theirs.join(', ')) })
    expect([await typesOf(draft.companyId), await typesOf(theirs[0] ?? ''), await reads()]).toEqual([[279], PRIMARY, 0])
  })

  it('gets its first company as the primary one', async () => {
    const { theirs: _, ...draft } = await claimed(0)
    expect(draft.companies).toMatchObject({ companyIds: [], primaryId: null })
    await test.crm.associateContact(draft)
    expect([await typesOf(draft.companyId), await reads()]).toEqual([PRIMARY, 0])
  })

  it('with many companies has them read for the association', async () => {
    const { theirs: _, ...draft } = await claimed(21)
    expect(draft.companies).toBeNull()
    expect(await test.crm.associateContact(draft)).toMatchObject({ isOwn: true })
    expect(await reads()).toBe(1)
  })
})

describe('an association that HubSpot users made', () => {
  it('is not onramp’s own when it was there at the claim', async () => {
    const { theirs, ...draft } = await claimed(1)
    expect(await test.crm.associateContact({ ...draft, companyId: theirs[0] ?? '' })).toMatchObject({ isOwn: false })
  })

  it('is not onramp’s own when it was made while the step waited for an hour', async () => {
    const { theirs: _, companies, ...draft } = await claimed(0)
    await associate(draft.contactId, draft.companyId)
    const old = { ...(companies as ContactCompanies), at: Date.now() - 60 * 60 * 1000 }
    expect(await test.crm.associateContact({ ...draft, companies: old })).toMatchObject({ isOwn: false })
  })
})

describe('a contact without a primary company', () => {
  it('gets onramp’s company as the primary one in the call that associates it', async () => {
    const { theirs: _, ...draft } = await claimed(0)
    const other = await inHubSpot('companies', { name: 'Other' })
    const path = `/crm/v4/objects/contacts/${draft.contactId}/associations/companies/${other}`
    await test.callAsHubSpotUser('PUT', path, [{ associationCategory: 'HUBSPOT_DEFINED', associationTypeId: 279 }])
    await test.crm.associateContact({ ...draft, companies: null })
    expect(await typesOf(draft.companyId)).toEqual(PRIMARY)
    expect(await test.portal.requests({ method: 'PUT', path: `/${draft.companyId}$` })).toHaveLength(1)
  })
})
