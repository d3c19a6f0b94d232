// An object type has at most ten unique properties, and uniqueness is decided when a property is created.

import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { EmulatorControl } from '../src/control-client.ts'
import { startEmulator } from '../src/server.ts'
import { call, uniqueKey } from './hubspot-call.ts'

let url: string
let stop: () => Promise<void>

beforeAll(async () => {
  const emulator = await startEmulator()
  ;({ url } = emulator)
  stop = () => emulator.stop()
})
afterAll(() => stop())

const make = (type: 'contacts' | 'companies', name: string, more: Record<string, unknown> = {}) =>
  call(url, 'POST', `/crm/v3/properties/${type}`, { ...uniqueKey(type), name, ...more })

describe('the eleventh unique property', () => {
  it('answers 400, while another property and one of the other object type are created', async () => {
    const statuses: number[] = []
    for (let at = 1; at <= 11; at += 1) statuses.push((await make('companies', `key_${at}`)).status)
    expect(statuses).toEqual([201, 201, 201, 201, 201, 201, 201, 201, 201, 201, 400])
    expect((await make('companies', 'plain', { hasUniqueValue: false })).status).toBe(201)
    expect((await make('contacts', 'key_1')).status).toBe(201)
  })

  it('can be created after another one was archived', async () => {
    await call(url, 'DELETE', '/crm/v3/properties/companies/key_1')
    expect((await make('companies', 'key_11')).status).toBe(201)
  })
})

describe('a property that is not unique', () => {
  it('stays so after a PATCH, and two records may have the same value', async () => {
    await call(url, 'PATCH', '/crm/v3/properties/companies/plain', { hasUniqueValue: true })
    const create = () => call(url, 'POST', '/crm/v3/objects/companies', { properties: { name: 'A', plain: 'same' } })
    expect([(await create()).status, (await create()).status]).toEqual([201, 201])
  })
})

describe('unique values that differ only in case', () => {
  const ignoreCase = () => new EmulatorControl(url).settings({ uniqueValuesIgnoreCase: true })
  const contact = (email: string, key: string) =>
    call(url, 'POST', '/crm/v3/objects/contacts', { properties: { email, own_key: key } })
  const byKey = (method: string, key: string, body?: unknown) =>
    call(url, method, `/crm/v3/objects/contacts/${key}?idProperty=own_key&properties=own_key`, body)

  beforeEach(async () => {
    await new EmulatorControl(url).reset()
    await make('contacts', 'own_key')
  })

  it('are two values unless the setting is on', async () => {
    expect((await contact('ada@example.com', 'cus_a')).status).toBe(201)
    expect((await contact('grace@example.com', 'CUS_A')).status).toBe(201)
    expect((await byKey('GET', 'CUS_A')).body).toMatchObject({ properties: { own_key: 'CUS_A' } })
  })

  it('find the same record, which keeps the value as it was written', async () => {
    await ignoreCase()
    const { body } = await contact('ada@example.com', 'cus_a')
    expect((await byKey('GET', 'CUS_A')).body).toMatchObject({ id: body['id'], properties: { own_key: 'cus_a' } })
    expect((await byKey('PATCH', 'Cus_A', { properties: { city: 'London' } })).body['id']).toBe(body['id'])
  })

  it('are in use for a create and an update, which name the owner', async () => {
    await ignoreCase()
    const { body: ada } = await contact('ada@example.com', 'cus_a')
    await contact('grace@example.com', 'cus_b')
    for (const rejected of [
      await contact('mary@example.com', 'CUS_A'),
      await byKey('PATCH', 'cus_b', { properties: { own_key: 'CUS_A' } }),
    ]) {
      expect(rejected.status).toBe(400)
      expect(rejected.body['message']).toMatch(`value=CUS_A`)
      expect(rejected.body['message']).toMatch(`${String(ada['id'])} already has that value`)
    }
  })

  it('are in use within one batch of new records', async () => {
    await ignoreCase()
    const inputs = ['cus_a', 'CUS_A'].map((key, at) => ({ properties: { email: `c${at}@example.com`, own_key: key } }))
    expect((await call(url, 'POST', '/crm/v3/objects/contacts/batch/create', { inputs })).status).toBe(400)
  })

  it('are freed in every case when their record is archived', async () => {
    await ignoreCase()
    const { body } = await contact('ada@example.com', 'cus_a')
    await call(url, 'DELETE', `/crm/v3/objects/contacts/${String(body['id'])}`)
    expect((await contact('grace@example.com', 'CUS_A')).status).toBe(201)
  })

  it('are compared by the setting for records that existed before it changed', async () => {
    const { body } = await contact('ada@example.com', 'cus_A')
    await ignoreCase()
    expect((await byKey('GET', 'CUS_a')).body['id']).toBe(body['id'])
  })

  it('break an invariant when two records have them', async () => {
    await contact('ada@example.com', 'cus_a')
    await contact('grace@example.com', 'CUS_A')
    const control = new EmulatorControl(url)
    expect((await control.invariants()).contactsPerKey).toEqual({ own_key: {} })
    await ignoreCase()
    expect(Object.keys((await control.invariants()).contactsPerKey['own_key'] ?? {})).toEqual(['cus_a'])
  })
})
