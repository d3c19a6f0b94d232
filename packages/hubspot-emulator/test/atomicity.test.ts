// Concurrent calls: a check and its write are one step, so no other call comes in between.

import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { EmulatorControl } from '../src/control-client.ts'
import { startEmulator } from '../src/server.ts'
import { call, uniqueKey } from './hubspot-call.ts'

let url: string
let stop: () => Promise<void>

beforeAll(async () => {
  const emulator = await startEmulator()
  ;({ url } = emulator)
  stop = () => emulator.stop()
  await call(url, 'POST', '/crm/v3/properties/companies', uniqueKey('companies'))
})
afterAll(() => stop())

const times = <T>(many: number, run: (at: number) => Promise<T>): Promise<T[]> =>
  Promise.all(Array.from({ length: many }, (_, at) => run(at)))

describe('200 concurrent calls', () => {
  it('that create the same address create one contact, and the other 199 get its id', async () => {
    // Half of them use another case and another API version.
    const responses = await times(200, (at) =>
      call(url, 'POST', at % 2 === 0 ? '/crm/v3/objects/contacts' : '/crm/objects/2026-09/contacts', {
        properties: { email: at % 2 === 0 ? 'ada@example.com' : 'ADA@Example.com' },
      }),
    )
    const created = responses.filter(({ status }) => status === 201)
    expect(created).toHaveLength(1)
    const messages = responses.filter(({ status }) => status === 409).map(({ body }) => body['message'])
    expect(messages).toHaveLength(199)
    expect(new Set(messages)).toEqual(
      new Set([`Contact already exists. Existing ID: ${String(created[0]!.body['id'])}`]),
    )
  })

  it('that upsert the same key create one company', async () => {
    const inputs = [{ id: 'org_1', idProperty: 'own_key', properties: { own_key: 'org_1', name: 'Engines' } }]
    const responses = await times(200, () => call(url, 'POST', '/crm/v3/objects/companies/batch/upsert', { inputs }))
    const rows = responses.flatMap(({ body }) => body['results'] as { id: string; new: boolean }[])
    expect(new Set(rows.map(({ id }) => id)).size).toBe(1)
    expect(rows.filter((row) => row.new)).toHaveLength(1)
  })

  it('that update 200 contacts to the same address succeed for one of them', async () => {
    const ids = await times(200, async (at) => {
      const created = await call(url, 'POST', '/crm/v3/objects/contacts', {
        properties: { email: `c${at}@example.com` },
      })
      return String(created.body['id'])
    })
    const responses = await times(200, (at) =>
      call(url, 'PATCH', `/crm/v3/objects/contacts/${ids[at]}`, { properties: { email: 'wanted@example.com' } }),
    )
    expect(responses.filter(({ status }) => status === 200)).toHaveLength(1)
    expect(responses.filter(({ status }) => status === 409)).toHaveLength(199)
  })

  it('create nothing when each batch has the same key twice', async () => {
    const row = { properties: { own_key: 'org_2', name: 'Engines' } }
    const responses = await times(20, () =>
      call(url, 'POST', '/crm/v3/objects/companies/batch/create', { inputs: [row, row] }),
    )
    expect(new Set(responses.map(({ status }) => status))).toEqual(new Set([400]))
    const { companies } = await new EmulatorControl(url).records()
    expect(companies.filter(({ properties }) => properties['own_key'] === 'org_2')).toEqual([])
  })

  it('leave no address and no unique value with two records', async () => {
    const invariants = await new EmulatorControl(url).invariants()
    expect(invariants.contactsPerEmail).toEqual({})
    expect(Object.values(invariants.companiesPerKey).flatMap((shared) => Object.keys(shared))).toEqual([])
  })
})
