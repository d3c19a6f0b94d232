// G8 · Texts of HubSpot users have up to 65,536 characters. No method of the CRM returns one: it would enter state and history.

import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { READ_LIMIT } from '../../hubspot/client/clipped.ts'
import { COMPANY_READ, CONTACT_READ } from '../../hubspot/properties.ts'
import { startTestCrm } from '../support/hubspot-portal.ts'
import type { TestCrm } from '../support/hubspot-portal.ts'

// With a character of two code units, of which the limit leaves one.
const LONG = `${'x'.repeat(READ_LIMIT - 1)}😀${'x'.repeat(49_000)}`
const domain = 'analytical.example'
const times = { times: {}, lastEventAt: 2000, ownEventAt: 1000, othersEventAt: 0 }

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

/** A record of which every property is long that onramp reads, but for those by which this test has onramp find it. */
const inHubSpot = async (object: 'contacts' | 'companies', own: Record<string, string>) => {
  const read = object === 'contacts' ? CONTACT_READ : COMPANY_READ
  const long = read.filter((name) => !/email|_at$/.test(name)).map((name) => [name, LONG])
  const properties = { ...Object.fromEntries(long), ...own }
  const response = await test.callAsHubSpotUser('POST', `/crm/v3/objects/${object}`, { properties })
  if (response.status !== 201) throw new Error(await response.text())
  return ((await response.json()) as { id: string }).id
}

/** The longest text in an outcome. */
function longest(value: unknown): number {
  if (typeof value === 'string') return value.isWellFormed() ? value.length : Infinity
  return typeof value === 'object' && value !== null ? Math.max(0, ...Object.values(value).map(longest)) : 0
}

const CALLS: [name: string, call: () => Promise<unknown>][] = [
  [
    'findCustomer',
    async () => {
      await inHubSpot('companies', { domain, onramp_company_domain: domain })
      const hs_additional_emails = Array.from({ length: 20 }, (_, index) => `ada${index}@example.com`).join(';')
      const contact = { email: 'ada@example.com', hs_additional_emails, onramp_customer_id: 'cus_1' }
      await inHubSpot('contacts', contact)
      return await test.crm.findCustomer({ customerId: 'cus_1', company: null })
    },
  ],
  [
    'findCustomer of a new customer',
    async () => {
      await inHubSpot('companies', { domain, onramp_company_domain: domain, onramp_company_key: `id:${LONG}` })
      const values = { 'company.domain': domain }
      const company = { customerId: 'cus_2', organizationId: null, values, lastEventAt: 3000 }
      return await test.crm.findCustomer({ customerId: 'cus_2', company })
    },
  ],
  [
    'findCustomerOf',
    async () => {
      await inHubSpot('contacts', { email: 'ada@example.com' })
      return await test.crm.findCustomerOf({ email: 'ada@example.com' })
    },
  ],
  [
    'createCompany',
    async () => {
      await inHubSpot('companies', { domain, onramp_company_domain: domain, onramp_company_key: `id:${LONG}` })
      const values = { 'company.name': 'One', 'company.domain': domain }
      return await test.crm.createCompany({ customerId: 'cus_1', organizationId: null, values, lastEventAt: 3000 })
    },
  ],
  [
    'createContact',
    async () => {
      await inHubSpot('contacts', { email: 'ada@example.com', onramp_customer_id: 'cus_1' })
      const values = { email: 'ada@example.com', firstName: 'Ada' }
      return await test.crm.createContact({ customerId: 'cus_1', companyKey: 'id:org_1', values, lastEventAt: 3000 })
    },
  ],
  [
    'createContact of another customer’s contact',
    async () => {
      await inHubSpot('contacts', { email: 'ada@example.com' })
      const values = { email: 'ada@example.com', firstName: 'Ada' }
      const creating = test.crm.createContact({ customerId: 'cus_1', companyKey: null, values, lastEventAt: 3000 })
      return await creating.catch((error: { rejection: object }) => error.rejection)
    },
  ],
  [
    'updateCompany',
    async () => {
      const companyId = await inHubSpot('companies', { domain, onramp_company_key: 'id:org_1' })
      const change = { companyId, companyKey: 'id:org_1', values: { 'company.phone': '1' }, repeated: [], ...times }
      return await test.crm.updateCompany(change)
    },
  ],
  [
    'updateContact',
    async () => {
      const contactId = await inHubSpot('contacts', { email: 'ada@example.com', onramp_customer_id: 'cus_1' })
      const change = { customerId: 'cus_1', contactId, companyKey: null, values: { phone: '1' }, lastEventAt: 2000 }
      return await test.crm.updateContact({ ...change, onlyDifferent: true })
    },
  ],
  [
    'associateContact and moveContact',
    async () => {
      const contactId = await inHubSpot('contacts', { email: 'ada@example.com', onramp_customer_id: 'cus_1' })
      const companyId = await inHubSpot('companies', { domain, onramp_company_key: 'id:org_1' })
      const pair = { customerId: 'cus_1', contactId, companyId }
      const associated = await test.crm.associateContact({ ...pair, companies: null })
      const move = { ...pair, companyKey: 'id:org_1', fromCompanyIds: [companyId], lastEventAt: 2000 }
      return [associated, await test.crm.moveContact(move)]
    },
  ],
  [
    'eraseContact',
    async () => {
      const contactId = await inHubSpot('contacts', { email: 'ada@example.com' })
      const customer = { customerId: 'cus_1', contactId, formerContactIds: [], ownCompany: 'possible' as const }
      return await test.crm.eraseContact({ ...customer, look: 'first' })
    },
  ],
]

describe('G8 · an outcome of the CRM has no long text of a record', () => {
  it.for(CALLS)('%s', async ([, call]) => {
    const outcome = await call()
    expect(outcome).toBeTruthy()
    expect(longest(outcome)).toBeLessThanOrEqual(READ_LIMIT)
  })

  it('the list above has every method of the port', () => {
    const names = CALLS.flatMap(([name]) => name.match(/\w+(Customer|CustomerOf|Company|Contact)\b/g) ?? [])
    expect(new Set(names)).toEqual(new Set(Object.keys(test.crm)))
  })
})

describe('G3 · a company whose key HubSpot users have replaced by a long text', () => {
  it('is still found again by what onramp keeps of the key', async () => {
    const key = { domain, onramp_company_domain: domain, onramp_company_key: `id:${LONG}` }
    const companyId = await inHubSpot('companies', { ...key, name: 'One', phone: '' })
    const values = { 'company.name': 'One', 'company.domain': domain }
    const draft = { customerId: 'cus_1', organizationId: null, values, lastEventAt: 3000 }
    const { companyKey } = await test.crm.createCompany(draft)
    const change = {
      companyId,
      companyKey,
      values: { 'company.phone': '1' },
      repeated: [],
      ...times,
      lastEventAt: 4000,
    }
    expect(await test.crm.updateCompany(change)).toMatchObject({ outcome: 'written', recordId: companyId })
  })
})
