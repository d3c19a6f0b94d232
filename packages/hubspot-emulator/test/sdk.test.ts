// HubSpot's own client for Node against the emulator: every method that onramp may use decodes the response.

import { Client } from '@hubspot/api-client'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startEmulator } from '../src/server.ts'

let client: Client
let stop: () => Promise<void>
let count = 0

beforeAll(async () => {
  const emulator = await startEmulator()
  stop = () => emulator.stop()
  client = new Client({ accessToken: 'pat-na1-any', basePath: emulator.url })
  for (const type of ['contacts', 'companies']) {
    await client.crm.properties.coreApi.create(type, {
      name: 'own_key',
      label: 'Key',
      type: 'string' as never,
      fieldType: 'text' as never,
      groupName: type === 'contacts' ? 'contactinformation' : 'companyinformation',
      hasUniqueValue: true,
    })
  }
})
afterAll(() => stop())

const newEmail = (): string => `ada-${(count += 1)}@example.com`
const newContact = () => client.crm.contacts.basicApi.create({ properties: { email: newEmail() }, associations: [] })
const newCompany = () => client.crm.companies.basicApi.create({ properties: { name: 'Engines' }, associations: [] })
const equal = (propertyName: string, value: string) => ({
  filterGroups: [{ filters: [{ propertyName, operator: 'EQ' as never, value }] }],
  sorts: [],
  properties: ['email'],
  limit: 10,
  after: '',
})

describe.each(['contacts', 'companies'] as const)('the official client with %s', (type) => {
  const createRecord = () => (type === 'contacts' ? newContact() : newCompany())

  it('creates, reads, updates, lists and archives', async () => {
    const api = client.crm[type].basicApi
    const created = await createRecord()
    // A second record, so that there is a next page.
    await createRecord()
    expect(created.id).toMatch(/^\d{11,}$/)
    expect(created.createdAt).toBeInstanceOf(Date)
    expect(await api.getById(created.id, ['city'], undefined, ['companies'])).toMatchObject({
      id: created.id,
      archived: false,
    })
    expect((await api.update(created.id, { properties: { city: 'London' } })).properties['city']).toBe('London')
    expect((await api.getPage(1)).paging?.next?.after).toMatch(/^\d+$/)
    await api.archive(created.id)
    expect((await api.getById(created.id, [], [], [], true)).archived).toBe(true)
    await expect(api.getById(created.id)).rejects.toMatchObject({ code: 404 })
  })

  it('creates, reads, updates, upserts and archives in batches', async () => {
    const api = client.crm[type].batchApi
    const properties = type === 'contacts' ? { email: newEmail() } : { name: 'Engines' }
    const created = await api.create({ inputs: [{ properties, associations: [], objectWriteTraceId: 't' }] })
    const id = created.results[0]!.id
    expect(created.status).toBe('COMPLETE')
    const read = await api.read({ inputs: [{ id }], properties: ['city'], propertiesWithHistory: [] })
    expect(read.results).toMatchObject([{ id }])
    const changed = await api.update({ inputs: [{ id, properties: { city: 'Rome' } }] })
    expect(changed.results[0]!.properties['city']).toBe('Rome')
    const upsert = {
      id: 'key-1',
      idProperty: 'own_key',
      properties: { own_key: 'key-1', city: 'Paris', ...(type === 'companies' && { name: 'A' }) },
    }
    const first = await api.upsert({ inputs: [{ ...upsert, objectWriteTraceId: 'u' }] })
    const second = await api.upsert({ inputs: [upsert] })
    // The client renames the field `new`, since it is a keyword of JavaScript.
    expect([first.results[0], second.results[0]]).toMatchObject([{ _new: true }, { _new: false }])
    await api.archive({ inputs: [{ id }] })
    const gone = await api.read({ inputs: [{ id }], properties: [], propertiesWithHistory: [] })
    expect(gone).toMatchObject({
      results: [],
      numErrors: 1,
      errors: [{ category: 'OBJECT_NOT_FOUND', context: { ids: [id] } }],
    })
  })

  it('searches', async () => {
    const created = await createRecord()
    const found = await client.crm[type].searchApi.doSearch(equal('hs_object_id', created.id))
    expect(found).toMatchObject({ total: 1, results: [{ id: created.id }] })
  })

  it('merges', async () => {
    const [one, other] = [await createRecord(), await createRecord()]
    const merged = await client.crm[type].basicApi.merge({ primaryObjectId: one.id, objectIdToMerge: other.id })
    expect(merged.id).toMatch(/^\d{11,}$/)
  })

  it('reads, creates, updates and archives properties and groups', async () => {
    const { coreApi, groupsApi } = client.crm.properties
    expect((await coreApi.getAll(type)).results.map(({ name }) => name)).toContain('phone')
    const group = await groupsApi.create(type, { name: 'own_group', label: 'Own', displayOrder: -1 })
    expect(group).toMatchObject({ name: 'own_group', archived: false })
    expect((await groupsApi.getAll(type)).results.map(({ name }) => name)).toContain('own_group')
    expect(await groupsApi.getByName(type, 'own_group')).toMatchObject({ label: 'Own' })
    expect(await groupsApi.update(type, 'own_group', { label: 'Ours' })).toMatchObject({ label: 'Ours' })
    const definition = {
      name: 'own_note',
      label: 'Note',
      type: 'string' as never,
      fieldType: 'text' as never,
      groupName: 'own_group',
    }
    expect(await coreApi.create(type, definition)).toMatchObject({ name: 'own_note', hasUniqueValue: false })
    expect(await coreApi.update(type, 'own_note', { label: 'Notes' })).toMatchObject({ label: 'Notes' })
    expect(await coreApi.getByName(type, 'own_key')).toMatchObject({ hasUniqueValue: true })
    await coreApi.archive(type, 'own_note')
    await expect(coreApi.getByName(type, 'own_note')).rejects.toMatchObject({ code: 404 })
  })
})

describe('the official client', () => {
  it('decodes a conflict with its id', async () => {
    const email = newEmail()
    const { id } = await client.crm.contacts.basicApi.create({ properties: { email }, associations: [] })
    const conflict = client.crm.contacts.basicApi.create({ properties: { email }, associations: [] })
    await expect(conflict).rejects.toMatchObject({
      code: 409,
      body: { category: 'CONFLICT', message: `Contact already exists. Existing ID: ${id}` },
    })
  })

  it('finds a contact by its address', async () => {
    const email = 'ada+plus@example.com'
    const { id } = await client.crm.contacts.basicApi.create({ properties: { email }, associations: [] })
    const found = await client.crm.contacts.basicApi.getById(email, undefined, undefined, undefined, false, 'email')
    expect(found.id).toBe(id)
  })

  it('erases a contact', async () => {
    const { id } = await newContact()
    await client.crm.contacts.basicApi.purge({ objectId: id })
    await expect(client.crm.contacts.basicApi.getById(id)).rejects.toMatchObject({ code: 404 })
  })

  it('associates a contact with a company, by default and as primary, and dissociates them', async () => {
    const [contact, company] = [await newContact(), await newCompany()]
    const api = client.crm.associations.v4.basicApi
    const created = await api.createDefault('contacts', contact.id, 'companies', company.id)
    expect(created.results.map(({ associationSpec }) => associationSpec.associationTypeId)).toEqual(
      expect.arrayContaining([279, 280]),
    )
    const types = [{ associationCategory: 'HUBSPOT_DEFINED' as never, associationTypeId: 1 }]
    const labelled = await api.create('contacts', contact.id, 'companies', company.id, types)
    expect(labelled).toMatchObject({ fromObjectTypeId: '0-1', toObjectTypeId: '0-2' })
    const { results } = await api.getPage('contacts', contact.id, 'companies', undefined, 500)
    expect(results.map(({ toObjectId }) => String(toObjectId))).toEqual([company.id])
    await api.archive('contacts', contact.id, 'companies', company.id)
    expect((await api.getPage('contacts', contact.id, 'companies')).results).toEqual([])
  })

  it('associates in batches', async () => {
    const [contact, company] = [await newContact(), await newCompany()]
    const api = client.crm.associations.v4.batchApi
    const ends = { _from: { id: contact.id }, to: { id: company.id } }
    const types = [{ associationCategory: 'HUBSPOT_DEFINED' as never, associationTypeId: 279 }]
    const defaults = await api.createDefault('contacts', 'companies', { inputs: [ends] })
    expect(defaults.status).toBe('COMPLETE')
    const labelled = await api.create('contacts', 'companies', { inputs: [{ ...ends, types }] })
    expect(labelled.results).toHaveLength(1)
    const read = await api.getPage('contacts', 'companies', { inputs: [{ id: contact.id }] })
    expect(read.results[0]!.to.map(({ toObjectId }) => String(toObjectId))).toEqual([company.id])
    await api.archiveLabels('contacts', 'companies', {
      inputs: [{ ...ends, types: [{ associationCategory: 'HUBSPOT_DEFINED' as never, associationTypeId: 1 }] }],
    })
    await api.archive('contacts', 'companies', { inputs: [{ _from: { id: contact.id }, to: [{ id: company.id }] }] })
    const empty = await api.getPage('contacts', 'companies', { inputs: [{ id: contact.id }] })
    expect(empty.results.flatMap(({ to }) => to)).toEqual([])
  })

  it('reads the account details', async () => {
    for (const path of ['/account-info/v3/details', '/account-info/2026-09/details', '/integrations/v1/me']) {
      const response = await client.apiRequest({ method: 'GET', path })
      expect(await response.json()).toMatchObject({ portalId: expect.any(Number) as number })
    }
  })

  it('refreshes an access token', async () => {
    const tokens = await client.oauth.tokensApi.create(
      'refresh_token',
      undefined,
      undefined,
      'app',
      'secret',
      'refresh-1',
    )
    expect(tokens).toMatchObject({ expiresIn: 1800, tokenType: 'bearer' })
  })

  it('calls the dated paths when a middleware rewrites its URLs', async () => {
    const basePath = (client as unknown as { config: { basePath: string } }).config.basePath
    const dated = new Client({
      accessToken: 'any',
      basePath,
      middleware: [
        {
          pre: async (context: { getUrl(): string; setUrl(url: string): void }) => {
            context.setUrl(context.getUrl().replace(/\/crm\/v[34]\/objects/, '/crm/objects/2026-09'))
            return context
          },
          post: async (context: unknown) => context,
        } as never,
      ],
    })
    const { id } = await dated.crm.contacts.basicApi.create({ properties: { email: newEmail() }, associations: [] })
    expect((await dated.crm.contacts.basicApi.getById(id)).id).toBe(id)
  })
})
