// G2, G3 · What the CRM does about calls that HubSpot executes late, and about single reads that fail.

import { afterEach, beforeEach, describe, expect, it } from 'vitest'
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

const create = async (object: 'contacts' | 'companies', properties: object) => {
  const response = await test.callAsHubSpotUser('POST', `/crm/v3/objects/${object}`, { properties })
  return ((await response.json()) as { id: string }).id
}
const contactsNow = async () => (await test.portal.records()).contacts

describe('G3 · a further look of an erasure', () => {
  const erasure = {
    customerId: 'cus_1',
    contactId: null,
    formerContactIds: [] as string[],
    ownCompany: 'none' as const,
    look: 'further' as const,
  }

  it('undoes a late claim of a contact of HubSpot users, and leaves the contact', async () => {
    const id = await create('contacts', {
      email: 'ada@example.com',
      onramp_customer_id: 'cus_1',
      onramp_claimed_at: '1764000000000',
    })
    const { outcome, note } = await test.crm.eraseContact(erasure)
    expect(outcome).toBe('left')
    expect(note).toContain(`late claim of contact ${id}`)
    const [contact] = await contactsNow()
    expect(contact).toMatchObject({ id, archived: false, properties: { email: 'ada@example.com' } })
    expect(contact?.properties).not.toHaveProperty('onramp_customer_id')
  })

  it('erases a contact that onramp itself has created late', async () => {
    await create('contacts', { email: 'ada@example.com', onramp_customer_id: 'cus_1' })
    expect((await test.crm.eraseContact(erasure)).outcome).toBe('erased')
    expect(await contactsNow()).toEqual([])
  })

  it('says that nothing was there', async () => {
    expect((await test.crm.eraseContact(erasure)).outcome).toBe('nothing')
  })
})

describe('an erasure', () => {
  it('includes a contact that HubSpot users deleted before it was re-created', async () => {
    const former = await create('contacts', { email: 'ada@example.com', onramp_customer_id: 'cus_1' })
    await test.callAsHubSpotUser('DELETE', `/crm/v3/objects/contacts/${former}`)
    const contactId = await create('contacts', { email: 'ada@example.com', onramp_customer_id: 'cus_1' })
    const contacts = { contactId, formerContactIds: [former] }
    await test.crm.eraseContact({ customerId: 'cus_1', ...contacts, ownCompany: 'none', look: 'first' })
    expect(await contactsNow()).toEqual([])
  })
})

describe('a read-back of a contact', () => {
  it('writes the key and the watermark again where a late move has put older ones', async () => {
    const own = { onramp_customer_id: 'cus_1', onramp_company_key: 'id:org_1', onramp_last_event_at: '1000' }
    const contactId = await create('contacts', { email: 'ada@example.com', ...own })
    const change = { customerId: 'cus_1', contactId, companyKey: 'id:org_2', values: {}, lastEventAt: 2000 }
    await test.crm.updateContact({ ...change, onlyDifferent: true })
    expect((await contactsNow())[0]?.properties).toMatchObject({
      onramp_company_key: 'id:org_2',
      onramp_last_event_at: '2000',
    })
  })
})

describe('a read-back of a contact whose value HubSpot users have replaced', () => {
  it('compares the value, and writes only the others', async () => {
    const own = { email: 'ada@example.com', onramp_customer_id: 'cus_1', phone: 'of a user' }
    const contactId = await create('contacts', own)
    const change = { customerId: 'cus_1', contactId, companyKey: null, lastEventAt: 2000, onlyDifferent: true as const }
    const readBack = async (phone: string) =>
      await test.crm.updateContact({ ...change, values: { firstName: 'Ada' }, compared: { phone } })
    expect(await readBack('ours')).toMatchObject({ outcome: 'written', present: [] })
    expect((await contactsNow())[0]?.properties).toMatchObject({ phone: 'of a user', firstname: 'Ada' })
    expect(await readBack('of a user')).toMatchObject({ outcome: 'written', present: ['phone'] })
  })
})

describe('a company that a read by its key misses once', () => {
  it('does not count as deleted when the company itself is there', async () => {
    const companyId = await create('companies', { name: 'One', onramp_company_key: 'id:org_1' })
    await test.portal.fault({ method: 'GET', path: '/companies/id', effect: { kind: 'status', status: 404 } })
    const times = { times: { 'company.phone': 2000 }, lastEventAt: 2000, ownEventAt: 1000, othersEventAt: 0 }
    const change = { companyId, companyKey: 'id:org_1', values: { 'company.phone': '1' }, repeated: [], ...times }
    expect(await test.crm.updateCompany(change)).toMatchObject({ outcome: 'written', recordId: companyId })
  })
})
