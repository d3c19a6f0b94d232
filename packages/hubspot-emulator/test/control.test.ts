// The control API: journal, records, seed, invariants and reset.

import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { EmulatorControl } from '../src/control-client.ts'
import { startEmulator } from '../src/server.ts'
import { call, uniqueKey } from './hubspot-call.ts'

let url: string
let control: EmulatorControl
let stop: () => Promise<void>

beforeAll(async () => {
  const emulator = await startEmulator()
  ;({ url } = emulator)
  stop = () => emulator.stop()
  control = new EmulatorControl(url)
})
afterAll(() => stop())
beforeEach(() => control.reset())

const contacts = '/crm/v3/objects/contacts'
const create = (email: string) => call(url, 'POST', contacts, { properties: { email } })

describe('the journal', () => {
  it('has each request with its response', async () => {
    const { body } = await create('ada@example.com')
    const [entry] = await control.requests()
    expect(entry).toMatchObject({ method: 'POST', path: contacts, query: '', status: 201, fault: null })
    expect(entry?.correlationId).toMatch(/^[0-9a-f-]{36}$/)
    expect(JSON.parse(entry?.body ?? '')).toEqual({ properties: { email: 'ada@example.com' } })
    expect(entry?.answer).toContain(String(body['id']))
  })

  it('has the correlation id that the caller got', async () => {
    const { headers } = await call(url, 'GET', `${contacts}/1?properties=email`)
    expect(await control.requests()).toMatchObject([
      { query: 'properties=email', correlationId: headers.get('x-hubspot-correlation-id') },
    ])
  })

  it('can be filtered by method and path', async () => {
    await create('ada@example.com')
    await call(url, 'GET', contacts)
    await call(url, 'GET', '/crm/v3/objects/companies')
    expect(await control.requests({ method: 'GET', path: '/contacts$' })).toHaveLength(1)
  })

  it('loses the data of a contact that is erased, and keeps that there were requests', async () => {
    await call(url, 'POST', '/crm/v3/properties/contacts', uniqueKey('contacts'))
    const properties = { email: 'ada@example.com', own_key: 'cus_1', firstname: 'CanaryFirst' }
    const id = String((await call(url, 'POST', contacts, { properties })).body['id'])
    await call(url, 'POST', contacts, { properties: { ...properties, phone: 'CanaryPhone' } })
    await call(url, 'PATCH', `${contacts}/${id}`, { properties: { city: 'CanaryCity' } })
    await call(url, 'PATCH', `${contacts}/cus_1?idProperty=own_key`, { properties: { email: 'lovelace@example.com' } })
    await call(url, 'GET', `${contacts}/ada%40example.com?idProperty=email&properties=email`)
    await create('bob@example.com')
    await create('ada@example.community')
    await call(url, 'POST', `${contacts}/gdpr-delete`, { objectId: id })

    const journal = await control.requests()
    expect(JSON.stringify(journal)).not.toMatch(/Canary|ada(@|%40)example.com"|lovelace/)
    expect(journal.map(({ method, path, status }) => `${method} ${path} ${status}`).slice(1, 6)).toEqual([
      `POST ${contacts} 201`,
      `POST ${contacts} 409`,
      `PATCH ${contacts}/${id} 200`,
      `PATCH ${contacts}/cus_1 200`,
      `GET ${contacts}/(erased) 404`,
    ])
    expect(journal.map(({ body }) => body).filter((body) => body.includes('email'))).toEqual([
      expect.stringContaining('bob@example.com'),
      expect.stringContaining('ada@example.community'),
    ])
  })

  it('has no requests for pages and no control calls', async () => {
    await fetch(url)
    await control.records()
    expect(await control.requests()).toEqual([])
  })
})

describe('the measurements', () => {
  const associate = (contactId: string, companyId: string) =>
    call(url, 'PUT', `/crm/objects/2026-09/contacts/${contactId}/associations/default/companies/${companyId}`)

  it('count requests by route and status, not by their ids', async () => {
    await call(url, 'GET', `${contacts}/1`)
    await call(url, 'GET', `${contacts}/2`)
    await create('ada@example.com')
    expect((await control.measurements()).requests).toEqual({
      'GET /crm/v3/objects/contacts/{id} 404': 2,
      'POST /crm/v3/objects/contacts 201': 1,
    })
  })

  it('count the requests over a limit, and not the 429 of a fault', async () => {
    await control.fault({ effect: { kind: 'status', status: 429 } })
    await control.settings({ enforceLimits: true, callsPer10s: 2 })
    // The limit counts the first two: the one that met the fault as well.
    for (let request = 0; request < 5; request += 1) await call(url, 'GET', `${contacts}/1`)
    expect((await control.measurements()).overLimit).toBe(3)
  })

  it('have the time of each contact’s first association', async () => {
    const seed = {
      contacts: [{ id: '701', properties: { email: 'ada@example.com' } }],
      companies: [{ id: '801', properties: { name: 'A' } }],
    }
    await control.seed(seed)
    expect(await control.measurements()).toMatchObject({ associatedContacts: 0, lastAssociatedAt: null })
    const before = Date.now()
    await associate('701', '801')
    const times = await control.associationTimes()
    await associate('701', '801')
    expect(Object.keys(times)).toEqual(['701'])
    expect(times['701']).toBeGreaterThanOrEqual(before)
    expect(await control.associationTimes()).toEqual(times)
    expect(await control.measurements()).toMatchObject({ associatedContacts: 1, lastAssociatedAt: times['701'] })
  })

  it('start again after a reset', async () => {
    await create('ada@example.com')
    await control.reset()
    const none = { associatedContacts: 0, lastAssociatedAt: null, requests: {}, overLimit: 0 }
    expect(await control.measurements()).toEqual(none)
  })
})

describe('the records', () => {
  it('have all properties and associations', async () => {
    const [contact, company] = [
      await create('ada@example.com'),
      await call(url, 'POST', '/crm/v3/objects/companies', { properties: { name: 'A' } }),
    ]
    const [contactId, companyId] = [String(contact.body['id']), String(company.body['id'])]
    await call(url, 'PUT', `/crm/v4/objects/contacts/${contactId}/associations/default/companies/${companyId}`)
    expect(await control.records()).toMatchObject({
      contacts: [{ id: contactId, archived: false, properties: { email: 'ada@example.com', lifecyclestage: 'lead' } }],
      companies: [{ id: companyId, properties: { name: 'A' } }],
      associations: [{ contactId, companyId, typeIds: [1, 279] }],
    })
  })

  it('can be seeded with given ids', async () => {
    const seed = {
      contacts: [{ id: '701', properties: { email: 'ada@example.com' } }],
      companies: [{ id: '801', properties: { name: 'A' } }],
      associations: [{ contactId: '701', companyId: '801' }],
    }
    expect(await control.seed(seed)).toEqual({ contacts: ['701'], companies: ['801'] })
    expect((await call(url, 'GET', `${contacts}/701`)).body['id']).toBe('701')
    expect((await create('ada@example.com')).body['message']).toBe('Contact already exists. Existing ID: 701')
    expect((await control.records()).associations).toMatchObject([{ contactId: '701', companyId: '801' }])
  })
})

describe('the invariants', () => {
  it('count records and associations', async () => {
    await control.seed({
      contacts: [{ id: '701', properties: { email: 'ada@example.com' } }],
      companies: [{ id: '801', properties: { name: 'A' } }],
      associations: [{ contactId: '701', companyId: '801' }],
    })
    expect(await control.invariants()).toMatchObject({
      counts: { contacts: 1, companies: 1, associations: 1 },
      contactsWithoutCompany: [],
      contactsPerEmail: {},
    })
  })

  it('name contacts without a company', async () => {
    await control.seed({ contacts: [{ id: '701', properties: { email: 'ada@example.com' } }] })
    expect((await control.invariants()).contactsWithoutCompany).toEqual(['701'])
  })

  it('name companies that share a domain', async () => {
    await control.seed({
      companies: [
        { id: '801', properties: { name: 'A', domain: 'a.example' } },
        { id: '802', properties: { name: 'B', domain: 'a.example' } },
      ],
    })
    expect((await control.invariants()).companiesPerDomain).toEqual({ 'a.example': ['801', '802'] })
  })

  it('cover each custom unique property', async () => {
    await call(url, 'POST', '/crm/v3/properties/companies', uniqueKey('companies'))
    expect((await control.invariants()).companiesPerKey).toEqual({ own_key: {} })
  })
})

describe('a reset', () => {
  it('leaves an empty portal without faults and changed settings', async () => {
    await call(url, 'POST', '/crm/v3/properties/companies', uniqueKey('companies'))
    await create('ada@example.com')
    await control.settings({ latencyMs: 50 })
    await control.fault({ times: null, effect: { kind: 'cut' } })
    await control.reset()
    expect(await control.records()).toEqual({ contacts: [], companies: [], associations: [] })
    expect((await call(url, 'GET', '/crm/v3/properties/companies/own_key')).status).toBe(404)
    expect((await create('ada@example.com')).status).toBe(201)
  })
})

describe('a page of another site', () => {
  it('cannot reset the portal', async () => {
    await control.seed({ contacts: [{ properties: { email: 'ada@example.com' } }] })
    const response = await fetch(`${url}/__emulator/reset`, {
      method: 'POST',
      headers: { 'sec-fetch-site': 'cross-site' },
    })
    expect(response.status).toBe(403)
    expect((await control.records()).contacts).toHaveLength(1)
  })
})

describe('a call that does not exist', () => {
  it('answers 404 and names the page that lists all calls', async () => {
    const response = await fetch(`${url}/__emulator/nonsense`)
    expect(response.status).toBe(404)
    expect(await response.text()).toContain('README.md')
  })
})
