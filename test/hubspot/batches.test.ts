// A call that shares a request with others gets the answer, or the error, that it would have got alone.

import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { BatchKind } from '../../hubspot/client/batch-kind.ts'
import { COMPANY_DOMAIN, COMPANY_KEY, CUSTOMER_ID } from '../../hubspot/properties.ts'
import { bothWays, startBatchPortal } from '../support/batches.ts'
import type { BatchPortal } from '../support/batches.ts'

describe.each(['2026-09', 'v3'] as const)('calls that share a request, version %s', (version) => {
  let portal: BatchPortal
  beforeAll(async () => {
    portal = await startBatchPortal(version)
  })
  afterAll(() => portal.stop())

  /** Sends the rows alone and together. Returns the answers to the rows alone, with which the others agree. */
  async function same<Row, Answer>(
    pick: (batches: BatchPortal['batches']) => BatchKind<Row, Answer>,
    rows: Row[],
    prepare: () => Promise<unknown> = seedRecords,
  ) {
    const { alone, together } = await bothWays(portal, { batch: pick(portal.batches), rows, prepare })
    expect(together).toEqual(alone)
    expect(await portal.requests()).toHaveLength(1)
    return alone
  }
  const seedRecords = async () =>
    await portal.control.seed({
      contacts: [
        { id: '101', properties: { email: 'ada@example.com', [CUSTOMER_ID]: 'cus_1', firstname: 'Ada' } },
        { id: '102', properties: { email: 'grace@example.com', hs_additional_emails: 'g@example.com;h@example.com' } },
        { id: '103', properties: { email: 'alan@example.com', [CUSTOMER_ID]: 'cus_3' } },
      ],
      companies: [
        { id: '201', properties: { name: 'One', [COMPANY_KEY]: 'id:org_1', [COMPANY_DOMAIN]: 'one.example' } },
        { id: '202', properties: { name: 'Two', domain: 'two.example' } },
      ],
      associations: [
        { contactId: '101', companyId: '201' },
        { contactId: '101', companyId: '202' },
        { contactId: '102', companyId: '202' },
      ],
    })

  describe('reads of contacts', () => {
    it('by id find each contact, and those that are missing', async () => {
      const rows = ['999', '103', '101', '998', '102'].map((id) => ({ id, of: 'active' as const }))
      const [missing, found] = await same(({ contacts }) => contacts.read, rows)
      expect(missing).toMatchObject({ error: { status: 404, isMissing: true } })
      expect(found).toMatchObject({ answer: { id: '103', properties: { email: 'alan@example.com' } } })
    })

    it('by address find contacts in any letter case, and by secondary addresses', async () => {
      const ids = ['nobody@example.com', 'H@example.com', 'Ada@Example.com', 'alan@example.com']
      const rows = ids.map((id) => ({ id, idProperty: 'email', of: 'active' as const }))
      const [missing, secondary, ada] = await same(({ contacts }) => contacts.read, rows)
      expect(missing).toMatchObject({ error: { isMissing: true } })
      expect([secondary, ada]).toMatchObject([{ answer: { id: '102' } }, { answer: { id: '101' } }])
    })

    it('by customer id find each contact, and those that are missing', async () => {
      const rows = ['cus_3', 'cus_9', 'cus_1'].map((id) => ({ id, idProperty: CUSTOMER_ID, of: 'active' as const }))
      const found = await same(({ contacts }) => contacts.read, rows)
      expect(found).toMatchObject([
        { answer: { id: '103' } },
        { error: { isMissing: true } },
        { answer: { id: '101' } },
      ])
    })

    it('for one contact share an answer, and ask for it once', async () => {
      const rows = ['ada@example.com', 'no@example.com', 'Ada@example.com', 'NO@example.com'].map((id) => ({
        id,
        idProperty: 'email',
        of: 'active' as const,
      }))
      const [ada, nobody] = await same(({ contacts }) => contacts.read, rows)
      expect([ada, nobody]).toMatchObject([{ answer: { id: '101' } }, { error: { isMissing: true } }])
      const [request] = await portal.requests()
      expect(JSON.parse(request!.body)).toMatchObject({ inputs: [{ id: 'ada@example.com' }, { id: 'no@example.com' }] })
    })

    it('find deleted contacts, and none that are not deleted', async () => {
      const rows = ['101', '102', '999'].map((id) => ({ id, of: 'deleted' as const }))
      const [active, deleted] = await same(
        ({ contacts }) => contacts.read,
        rows,
        async () => {
          await seedRecords()
          await portal.call('DELETE', '/crm/v3/objects/contacts/102')
        },
      )
      expect(active).toMatchObject({ error: { isMissing: true } })
      expect(deleted).toMatchObject({ answer: { id: '102' } })
    })

    it('leave open what a merged id or another letter case names, and a call of its own finds it', async () => {
      await portal.reset()
      await portal.control.settings({ uniqueValuesIgnoreCase: true })
      await seedRecords()
      await portal.call('POST', '/crm/v3/objects/contacts/merge', { primaryObjectId: '102', objectIdToMerge: '103' })
      const { read } = portal.batches.contacts
      const byId = [
        { id: '102', of: 'active' as const },
        { id: '101', of: 'active' as const },
      ]
      expect(await read.sendMany(byId)).toMatchObject([{ outcome: 'unknown' }, { answer: { id: '101' } }])
      expect(await read.sendOne(byId[0]!)).toMatchObject({ properties: { email: 'grace@example.com' } })

      const byKey = [{ id: 'CUS_1', idProperty: CUSTOMER_ID, of: 'active' as const }]
      expect(await read.sendMany(byKey)).toEqual([{ outcome: 'unknown' }])
      expect(await read.sendOne(byKey[0]!)).toMatchObject({ id: '101' })
    })
  })

  describe('new contacts', () => {
    it('are created; addresses and customer ids in use, and bad values, fail on their own', async () => {
      const rows = [
        { email: 'new@example.com', [CUSTOMER_ID]: 'cus_10', firstname: 'New' },
        { email: 'h@example.com', [CUSTOMER_ID]: 'cus_11' },
        { email: 'other@example.com', [CUSTOMER_ID]: 'cus_3' },
        { email: 'bad@example.com', [CUSTOMER_ID]: 'cus_12', lifecyclestage: 'nobility', nonsense: '1' },
        { email: 'no address', [CUSTOMER_ID]: 'cus_13' },
        { email: 'next@example.com', [CUSTOMER_ID]: 'cus_14' },
      ]
      const [created, address, customer, values] = await same(({ contacts }) => contacts.create, rows)
      expect(created).toMatchObject({ answer: { properties: { firstname: 'New' } } })
      expect(address).toMatchObject({ error: { status: 409, isConflict: true, existingId: '102' } })
      expect(customer).toMatchObject({ error: { status: 400, isTakenUniqueValue: true, owner: '103' } })
      expect(values).toMatchObject({ error: { isInvalid: true, rejectedProperties: [{ name: 'lifecyclestage' }, {}] } })
      const { contacts } = await portal.control.records()
      expect(contacts.map(({ properties }) => properties['email'])).toEqual(
        expect.arrayContaining(['new@example.com', 'next@example.com']),
      )
      expect(contacts).toHaveLength(5)
    })

    it('are recognized without a trace id, by their address', async () => {
      await portal.reset()
      const results = [
        { id: '7', properties: { email: 'b@example.com' } },
        { id: '8', properties: { email: 'a@x.example' } },
      ]
      await portal.control.fault({
        effect: { kind: 'body', status: 201, body: JSON.stringify({ results }), contentType: 'application/json' },
      })
      const rows = [{ email: 'A@x.example' }, { email: 'b@example.com' }, { email: 'c@example.com' }]
      const outcomes = await portal.batches.contacts.create.sendMany(rows)
      expect(outcomes).toMatchObject([{ answer: { id: '8' } }, { answer: { id: '7' } }, { outcome: 'unknown' }])
    })

    it.each([
      ['an address', 'b', { email: 'ada@example.com' }, 409],
      ['an address', 'm', { email: 'ada@example.com' }, 400],
      ['a customer id', 'b', { email: 'new@example.com', [CUSTOMER_ID]: 'cus_3' }, 400],
    ] as const)(
      'are all rejected by a portal that rejects the request for %s in use (form %s)',
      async (_, conflictForm, inUse, status) => {
        await portal.reset()
        await seedRecords()
        await portal.control.settings({ batchCreateConflicts: 'whole', conflictForm })
        const rows = [{ email: 'x@example.com' }, inUse]
        await expect(portal.batches.contacts.create.sendMany(rows)).rejects.toMatchObject({ status })
        expect((await portal.control.records()).contacts).toHaveLength(3)
      },
    )

    it('do not share a request with another contact of their address or customer id', () => {
      const { create } = portal.batches.contacts
      const first = create.recordsOf({ email: 'Ada@example.com', [CUSTOMER_ID]: 'cus_1' })
      const shares = (row: Record<string, string>) => create.recordsOf(row).some((key) => first.includes(key))
      expect(shares({ email: 'ada@example.com', [CUSTOMER_ID]: 'cus_2' })).toBe(true)
      expect(shares({ email: 'grace@example.com', [CUSTOMER_ID]: 'CUS_1' })).toBe(true)
      expect(shares({ email: 'grace@example.com', [CUSTOMER_ID]: 'cus_2' })).toBe(false)
    })
  })

  describe('changes of contacts', () => {
    it('by id are written; missing contacts, addresses in use and bad values fail on their own', async () => {
      const rows = [
        { id: '101', properties: { phone: '1' } },
        { id: '999', properties: { phone: '2' } },
        { id: '102', properties: { email: 'alan@example.com' } },
        { id: '103', properties: { lifecyclestage: 'nobility' } },
      ]
      const [written, missing, inUse, bad] = await same(({ contacts }) => contacts.update, rows)
      expect(written).toMatchObject({ answer: { id: '101', properties: { phone: '1' } } })
      expect(missing).toMatchObject({ error: { status: 404, isMissing: true } })
      expect(inUse).toMatchObject({ error: { status: 409, existingId: '103' } })
      expect(bad).toMatchObject({ error: { rejectedProperties: [{ name: 'lifecyclestage', code: 'INVALID_OPTION' }] } })
    })

    it('by customer id are written, and fail for a contact that is missing', async () => {
      const rows = ['cus_3', 'cus_9', 'cus_1'].map((id) => ({ id, idProperty: CUSTOMER_ID, properties: { phone: id } }))
      await same(({ contacts }) => contacts.update, rows)
      const { contacts } = await portal.control.records()
      expect(contacts.map(({ properties }) => properties['phone'])).toEqual(['cus_1', undefined, 'cus_3'])
    })

    it('reach a merged contact by its former id', async () => {
      const rows = ['102', '101'].map((id) => ({ id, properties: { phone: id } }))
      const [merged] = await same(
        ({ contacts }) => contacts.update,
        rows,
        async () => {
          await seedRecords()
          const merge = { primaryObjectId: '102', objectIdToMerge: '103' }
          await portal.call('POST', '/crm/v3/objects/contacts/merge', merge)
        },
      )
      expect(merged).toMatchObject({ answer: { properties: { phone: '102' } } })
    })
  })

  describe('companies', () => {
    it.each([
      ['id', undefined, ['202', '999', '201']],
      ['key', COMPANY_KEY, ['id:org_1', 'id:org_9']],
      ['domain', COMPANY_DOMAIN, ['nobody.example', 'one.example']],
    ])('are read by %s', async (_, idProperty, ids) => {
      const found = await same(
        ({ companies }) => companies.read,
        ids.map((id) => ({ id, idProperty, of: 'active' as const })),
      )
      expect(found).toContainEqual({ error: expect.objectContaining({ isMissing: true }) as unknown })
      expect(found).toContainEqual({ answer: expect.objectContaining({ id: '201' }) as unknown })
    })

    it('are created; keys and domains in use, and a company without a name, fail on their own', async () => {
      const rows = [
        { name: 'Three', [COMPANY_KEY]: 'id:org_3' },
        { name: 'One again', [COMPANY_KEY]: 'id:org_1' },
        { name: 'One too', [COMPANY_KEY]: 'id:org_4', [COMPANY_DOMAIN]: 'one.example' },
        { [COMPANY_KEY]: 'id:org_5' },
      ]
      const [created, key, domain, nameless] = await same(({ companies }) => companies.create, rows)
      expect(created).toMatchObject({ answer: { properties: { name: 'Three' } } })
      expect([key, domain]).toMatchObject([{ error: { owner: '201' } }, { error: { owner: '201' } }])
      expect(nameless).toMatchObject({ error: { isInvalid: true } })
    })

    it('do not share a request with another company of their key or domain', () => {
      const { create } = portal.batches.companies
      const first = create.recordsOf({ [COMPANY_KEY]: 'id:org_1', [COMPANY_DOMAIN]: 'one.example' })
      const shares = (row: Record<string, string>) => create.recordsOf(row).some((key) => first.includes(key))
      expect(shares({ [COMPANY_KEY]: 'id:ORG_1' })).toBe(true)
      expect(shares({ [COMPANY_KEY]: 'id:org_2', [COMPANY_DOMAIN]: 'one.example' })).toBe(true)
      expect(shares({ [COMPANY_KEY]: 'id:org_2', [COMPANY_DOMAIN]: 'two.example' })).toBe(false)
    })

    it('are changed; missing ones and keys in use fail on their own', async () => {
      const rows = [
        { id: '999', properties: { phone: '1' } },
        { id: '202', properties: { [COMPANY_KEY]: 'id:org_1' } },
        { id: '201', properties: { phone: '3' } },
      ]
      const [missing, inUse, written] = await same(({ companies }) => companies.update, rows)
      expect([missing, inUse]).toMatchObject([{ error: { isMissing: true } }, { error: { owner: '201' } }])
      expect(written).toMatchObject({ answer: { id: '201', properties: { phone: '3' } } })
    })
  })

  describe('associations', () => {
    it('are made; a contact or company that is missing fails on its own', async () => {
      const rows = [
        { contactId: '999', companyId: '201' },
        { contactId: '103', companyId: '201' },
        { contactId: '102', companyId: '998' },
        { contactId: '101', companyId: '201' },
      ]
      const [missing, made] = await same(({ associations }) => associations.create, rows)
      expect(missing).toMatchObject({ error: { status: 404, isMissing: true } })
      expect(made).toMatchObject({ answer: 'a correlation id' })
      expect((await portal.control.invariants()).contactsWithoutCompany).toEqual([])
    })

    it('are read with their types; a contact without any gets an empty list', async () => {
      const rows = ['103', '102', '101'].map((id) => ({ from: 'contact', to: 'company', id }) as const)
      const [none, , two] = await same(({ associations }) => associations.read, rows)
      expect(none).toEqual({ answer: [] })
      expect(two).toMatchObject({ answer: [{ id: '201', types: [{ typeId: 1 }, { typeId: 279 }] }, { id: '202' }] })
    })

    it('of companies are read, and a company whose contacts fill several pages is left to a call of its own', async () => {
      await portal.reset()
      const ids = Array.from({ length: 501 }, (_, at) => String(1000 + at))
      await portal.control.seed({
        contacts: ids.map((id) => ({ id, properties: {} })),
        companies: ['1', '2'].map((id) => ({ id, properties: { name: id } })),
        associations: [
          ...ids.map((contactId) => ({ contactId, companyId: '1' })),
          { contactId: '1000', companyId: '2' },
        ],
      })
      const rows = ['1', '2'].map((id) => ({ from: 'company', to: 'contact', id }) as const)
      const { read } = portal.batches.associations
      const [many, one] = await read.sendMany(rows)
      expect(many).toEqual({ outcome: 'unknown' })
      expect(one).toMatchObject({ answer: [{ id: '1000' }] })
      expect(await read.sendOne(rows[0]!)).toHaveLength(500)
    })

    it('are removed, also where there are none', async () => {
      const rows = [
        { contactId: '101', companyId: '201' },
        { contactId: '103', companyId: '201' },
        { contactId: '999', companyId: '201' },
      ]
      await same(({ associations }) => associations.remove, rows)
      const { associations } = await portal.control.records()
      expect(associations.map(({ contactId, companyId }) => `${contactId} ${companyId}`)).toEqual([
        '101 202',
        '102 202',
      ])
    })
  })

  describe('searches by domain', () => {
    const seedCompanies = async () =>
      await portal.control.seed({
        contacts: [],
        companies: [
          { id: '1', properties: { domain: 'https://www.One.example/about' } },
          { id: '2', properties: { domain: 'two.example' } },
          { id: '3', properties: { domain: 'TWO.example' } },
          { id: '4', properties: { domain: 'two.example' } },
          { id: '5', properties: { domain: 'bücher.example' } },
          { id: '6', properties: { domain: 'sub.three.example' } },
        ],
        associations: [],
      })

    it('find the companies of each domain, at most two', async () => {
      const domains = ['nobody.example', 'two.example', 'xn--bcher-kva.example', 'one.example', 'three.example']
      const found = await same(({ companySearch }) => companySearch, domains, seedCompanies)
      expect(found).toMatchObject([
        { answer: [] },
        { answer: [{ id: '2' }, { id: '3' }] },
        { answer: [{ id: '5' }] },
        { answer: [{ id: '1' }] },
        { answer: [] },
      ])
    })

    it('for as many domains as share a request fit into one query', async () => {
      await portal.reset()
      await seedCompanies()
      const search = portal.batches.companySearch
      const domains = Array.from(
        { length: search.maxRows - 1 },
        (_, at) => `a-company-with-a-long-name-and-number-${10 + at}.example`,
      )
      const outcomes = await search.sendMany([...domains, 'two.example'])
      expect(outcomes.filter(({ outcome }) => outcome !== 'answered')).toEqual([])
      expect(outcomes.at(-1)).toMatchObject({ answer: [{ id: '2' }, { id: '3' }] })
    })

    it('leave open the domains that do not fit into one query', async () => {
      await portal.reset()
      await seedCompanies()
      const long = Array.from({ length: 49 }, (_, at) => `${'x'.repeat(60)}${10 + at}.example`)
      const outcomes = await portal.batches.companySearch.sendMany(['two.example', ...long])
      expect(outcomes[0]).toMatchObject({ outcome: 'answered', answer: [{ id: '2' }, { id: '3' }] })
      expect(outcomes[1]).toEqual({ outcome: 'answered', answer: [] })
      expect(outcomes.at(-1)).toEqual({ outcome: 'undecided' })
      expect(await portal.requests()).toMatchObject([{ status: 200 }])
    })

    it('leave open a domain without two companies when more companies match than a page holds', async () => {
      await portal.reset()
      await portal.control.seed({
        contacts: [],
        companies: Array.from({ length: 201 }, () => ({ properties: { domain: 'two.example' } })),
        associations: [],
      })
      const outcomes = await portal.batches.companySearch.sendMany(['one.example', 'two.example'])
      expect(outcomes).toMatchObject([{ outcome: 'undecided' }, { outcome: 'answered', answer: [{}, {}] }])
    })

    it('leave every other domain open when a company of none of them is found', async () => {
      await portal.reset()
      const results = ['two.example', 'two.example', 'www.one.example', 'elsewhere.example'].map((domain, at) => ({
        id: String(at),
        properties: { domain },
      }))
      const respond = async (given: unknown[]) => {
        const body = JSON.stringify({ total: given.length, results: given })
        await portal.control.fault({ effect: { kind: 'body', status: 200, body, contentType: 'application/json' } })
        return await portal.batches.companySearch.sendMany(['one.example', 'two.example'])
      }
      expect(await respond(results)).toMatchObject([{ outcome: 'undecided' }, { answer: [{ id: '0' }, { id: '1' }] }])
      expect(await respond(results.slice(0, 3))).toMatchObject([{ answer: [{ id: '2' }] }, {}])
    })
  })
})
