// An object type has at most ten unique properties, and uniqueness is decided when a property is created.

import { afterAll, beforeAll, describe, expect, it } from 'vitest'
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
