// The settings: enforced limits, search that lags and flaps, companies that HubSpot creates itself, tokens that expire.

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
const create = (email: string, properties: Record<string, string> = {}) =>
  call(url, 'POST', contacts, { properties: { email, ...properties } })
const remaining = async (token = 'any') => {
  const { headers } = await call(url, 'GET', `${contacts}?limit=1`, undefined, token)
  return Number(headers.get('x-hubspot-ratelimit-remaining'))
}

describe('the limits', () => {
  it('reject nothing unless they are enforced', async () => {
    await control.settings({ callsPer10s: 2 })
    const statuses: number[] = []
    for (let at = 0; at < 5; at += 1) statuses.push((await call(url, 'GET', contacts)).status)
    expect(statuses).toEqual([200, 200, 200, 200, 200])
  })

  it('allow calls again as the ten seconds roll on', async () => {
    await control.settings({ callsPer10s: 2, enforceLimits: true })
    const first = await call(url, 'GET', contacts)
    await control.advanceClock(6000)
    const statuses = [first.status]
    for (let at = 0; at < 2; at += 1) statuses.push((await call(url, 'GET', contacts)).status)
    await control.advanceClock(5000)
    statuses.push((await call(url, 'GET', contacts)).status)
    expect(statuses).toEqual([200, 200, 429, 200])
  })

  it('count each token separately', async () => {
    const [first] = [await remaining('one'), await remaining('one')]
    expect(await remaining('two')).toBe(first)
  })

  it('start a new day at midnight', async () => {
    await control.settings({ callsPerDay: 1, enforceLimits: true })
    const statuses = [(await call(url, 'GET', contacts)).status, (await call(url, 'GET', contacts)).status]
    await control.advanceClock(24 * 60 * 60 * 1000)
    statuses.push((await call(url, 'GET', contacts)).status)
    expect(statuses).toEqual([200, 429, 200])
  })

  it('end the day in the portal’s time zone', async () => {
    // Tokyo is nine hours ahead of UTC all year, so its midnight is never UTC's.
    await control.settings({ callsPerDay: 0, enforceLimits: true, sendRetryAfter: true })
    const untilMidnight = async () => Number((await call(url, 'GET', contacts)).headers.get('retry-after'))
    const inUtc = await untilMidnight()
    await control.settings({ timeZone: 'Asia/Tokyo' })
    const difference = (inUtc - (await untilMidnight()) + 24 * 3600) % (24 * 3600)
    expect(Math.abs(difference - 9 * 3600)).toBeLessThanOrEqual(2)
  })

  it('are lower for OAuth apps', async () => {
    const form = { grant_type: 'refresh_token', client_id: 'a', client_secret: 'b', refresh_token: 'r' }
    const granted = await fetch(`${url}/oauth/2026-03/token`, { method: 'POST', body: new URLSearchParams(form) })
    const { access_token: token } = (await granted.json()) as { access_token: string }
    const { headers } = await call(url, 'GET', contacts, undefined, token)
    expect(headers.get('x-hubspot-ratelimit-max')).toBe('110')
  })

  it('count down with each call', async () => {
    const first = await remaining()
    expect(await remaining()).toBe(first - 1)
  })

  it('allow five searches per second for all tokens together', async () => {
    await control.settings({ enforceLimits: true })
    const statuses: number[] = []
    for (let at = 0; at < 6; at += 1)
      statuses.push((await call(url, 'POST', `${contacts}/search`, {}, `t${at}`)).status)
    expect(statuses).toEqual([200, 200, 200, 200, 200, 429])
    await control.advanceClock(1000)
    expect((await call(url, 'POST', `${contacts}/search`, {})).status).toBe(200)
  })

  it('send Retry-After only on request', async () => {
    await control.settings({ callsPer10s: 1, enforceLimits: true })
    await call(url, 'GET', contacts)
    expect((await call(url, 'GET', contacts)).headers.get('retry-after')).toBe(null)
    await control.settings({ sendRetryAfter: true })
    expect(Number((await call(url, 'GET', contacts)).headers.get('retry-after'))).toBeGreaterThan(0)
  })

  it('have a separate limit for associations', async () => {
    await control.settings({ associationCallsPer10s: 1, enforceLimits: true })
    const path = '/crm/v4/objects/contacts/1/associations/companies'
    expect((await call(url, 'GET', path)).status).toBeLessThan(429)
    expect((await call(url, 'GET', path)).status).toBe(429)
    expect((await call(url, 'GET', contacts)).status).toBe(200)
  })
})

describe('search that lags', () => {
  const byEmail = (email: string) => ({
    filterGroups: [{ filters: [{ propertyName: 'email', operator: 'EQ', value: email }] }],
  })
  const found = async (email: string) =>
    (await call(url, 'POST', `${contacts}/search`, byEmail(email))).body['total'] as number

  it('finds a new contact only after the lag, while a read finds it at once', async () => {
    await control.settings({ searchLagMs: 30_000 })
    const { body } = await create('ada@example.com')
    expect(await found('ada@example.com')).toBe(0)
    expect((await call(url, 'GET', `${contacts}/${String(body['id'])}`)).status).toBe(200)
    expect((await create('ada@example.com')).status).toBe(409)
    await control.advanceClock(31_000)
    expect(await found('ada@example.com')).toBe(1)
  })

  it('shows old values for a while', async () => {
    const { body } = await create('ada@example.com')
    await control.settings({ searchLagMs: 30_000 })
    await call(url, 'PATCH', `${contacts}/${String(body['id'])}`, { properties: { email: 'new@example.com' } })
    expect([await found('ada@example.com'), await found('new@example.com')]).toEqual([1, 0])
    await control.advanceClock(31_000)
    expect([await found('ada@example.com'), await found('new@example.com')]).toEqual([0, 1])
  })

  it('finds an archived contact for a while', async () => {
    const { body } = await create('ada@example.com')
    await control.settings({ searchLagMs: 30_000 })
    await call(url, 'DELETE', `${contacts}/${String(body['id'])}`)
    expect(await found('ada@example.com')).toBe(1)
    await control.advanceClock(31_000)
    expect(await found('ada@example.com')).toBe(0)
  })

  it('can find a contact, miss it and find it again', async () => {
    await control.settings({ searchLagMs: 10_000, searchFlapping: true })
    await create('ada@example.com')
    const seen = [await found('ada@example.com'), await found('ada@example.com')]
    await control.advanceClock(11_000)
    for (let at = 0; at < 4; at += 1) seen.push(await found('ada@example.com'))
    await control.advanceClock(10_000)
    for (let at = 0; at < 4; at += 1) seen.push(await found('ada@example.com'))
    expect(seen).toEqual([0, 0, 1, 0, 1, 0, 1, 1, 1, 1])
  })
})

describe('companies that HubSpot creates itself', () => {
  const companies = async () => (await control.records()).companies.map(({ properties }) => properties['domain'])

  it('are not created unless the setting is on', async () => {
    await create('ada@analytical.example')
    expect(await companies()).toEqual([])
  })

  it('have the domain of the address and become the primary company', async () => {
    await control.settings({ autoCreateCompanies: true })
    await create('ada@analytical.example')
    const { associations } = await control.records()
    expect(await companies()).toEqual(['analytical.example'])
    expect(associations).toMatchObject([{ typeIds: [1, 279] }])
  })

  it('are not created when a company has the domain already', async () => {
    await call(url, 'POST', '/crm/v3/objects/companies', { properties: { name: 'A', domain: 'analytical.example' } })
    await control.settings({ autoCreateCompanies: true })
    await create('ada@analytical.example')
    expect(await companies()).toEqual(['analytical.example'])
    expect((await control.records()).associations).toHaveLength(1)
  })

  it('are not created for free-mail addresses, unless the contact has a web site', async () => {
    await control.settings({ autoCreateCompanies: true })
    await create('ada@gmail.com')
    expect(await companies()).toEqual([])
    await create('grace@gmail.com', { website: 'https://www.hopper.example/about' })
    expect(await companies()).toEqual(['hopper.example'])
  })

  it('are created after the delay', async () => {
    await control.settings({ autoCreateCompanies: true, autoCreateDelayMs: 60_000 })
    await create('ada@analytical.example')
    expect(await companies()).toEqual([])
    await control.advanceClock(61_000)
    expect(await companies()).toEqual(['analytical.example'])
  })
})

describe('tokens', () => {
  const grant = async () => {
    const response = await fetch(`${url}/oauth/2026-03/token`, {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams({
        grant_type: 'refresh_token',
        client_id: 'a',
        client_secret: 'b',
        refresh_token: 'r',
      }),
    })
    return (await response.json()) as { access_token: string; refresh_token: string; expires_in: number }
  }

  it('of the OAuth endpoint expire after 30 minutes', async () => {
    const { access_token: token } = await grant()
    expect((await call(url, 'GET', contacts, undefined, token)).status).toBe(200)
    await control.advanceClock(31 * 60 * 1000)
    expect(await call(url, 'GET', contacts, undefined, token)).toMatchObject({
      status: 401,
      body: { category: 'EXPIRED_AUTHENTICATION' },
    })
  })

  it('of the OAuth endpoint can expire sooner', async () => {
    await control.settings({ accessTokenSeconds: 5 })
    const { access_token: token, expires_in } = await grant()
    expect(expires_in).toBe(5)
    await control.advanceClock(6000)
    expect((await call(url, 'GET', contacts, undefined, token)).status).toBe(401)
  })

  it('of OAuth apps get no daily headers', async () => {
    const { access_token: token } = await grant()
    const { headers } = await call(url, 'GET', contacts, undefined, token)
    expect(headers.get('x-hubspot-ratelimit-daily')).toBe(null)
    expect(headers.get('x-hubspot-ratelimit-remaining')).not.toBe(null)
  })

  it('can be limited to a list', async () => {
    await control.settings({ acceptedTokens: ['good'] })
    expect((await call(url, 'GET', contacts, undefined, 'good')).status).toBe(200)
    expect((await call(url, 'GET', contacts, undefined, 'other')).status).toBe(401)
  })
})

describe('other settings', () => {
  it('a merge may keep the id of the primary record', async () => {
    await control.settings({ mergeKeepsPrimaryId: true })
    const [one, other] = [await create('a@example.com'), await create('b@example.com')]
    const merged = await call(url, 'POST', `${contacts}/merge`, {
      primaryObjectId: one.body['id'],
      objectIdToMerge: other.body['id'],
    })
    expect(merged.body['id']).toBe(one.body['id'])
  })

  it('a merge assigns a new id by default', async () => {
    const [one, other] = [await create('a@example.com'), await create('b@example.com')]
    const merged = await call(url, 'POST', `${contacts}/merge`, {
      primaryObjectId: one.body['id'],
      objectIdToMerge: other.body['id'],
    })
    expect([one.body['id'], other.body['id']]).not.toContain(merged.body['id'])
  })

  it('rows of a batch may have another order, the same in every run', async () => {
    const inputs = Array.from({ length: 20 }, (_, at) => ({
      properties: { name: `c${at}` },
      objectWriteTraceId: String(at),
    }))
    const run = async () => {
      await control.reset()
      await control.settings({ shuffleBatchRows: true, seed: 3 })
      const { body } = await call(url, 'POST', '/crm/v3/objects/companies/batch/create', { inputs })
      return (body['results'] as { objectWriteTraceId: string }[]).map((row) => row.objectWriteTraceId)
    }
    const [first, second] = [await run(), await run()]
    expect(first).toEqual(second)
    expect(first).not.toEqual(inputs.map((input) => input.objectWriteTraceId))
  })

  it.each([
    ['an address', { email: 'ada@example.com' }, 409, /^Contact already exists$/],
    ['a unique value', { email: 'grace@example.com', own_key: 'k1' }, 400, /already has that value\.$/],
  ])('a batch create may be rejected as a whole for %s in use, with trace ids too', async (...vector) => {
    const [, properties, expectedStatus, message] = vector
    await call(url, 'POST', '/crm/v3/properties/contacts', { ...uniqueKey('contacts'), name: 'own_key' })
    await create('ada@example.com', { own_key: 'k1' })
    await control.settings({ batchCreateConflicts: 'whole' })
    const inputs = [
      { properties: { email: 'alan@example.com' }, objectWriteTraceId: '0' },
      { properties, objectWriteTraceId: '1' },
    ]
    const { status, body } = await call(url, 'POST', `${contacts}/batch/create`, { inputs })
    expect(status).toBe(expectedStatus)
    expect(body['message']).toMatch(message)
    expect((await control.records()).contacts).toHaveLength(1)
  })

  it('latency delays each call', async () => {
    await control.settings({ latencyMs: 100 })
    const before = performance.now()
    await call(url, 'GET', contacts)
    expect(performance.now() - before).toBeGreaterThan(90)
  })

  it('record URLs may lead to HubSpot itself', async () => {
    await control.settings({ recordUrlBase: 'https://app.hubspot.com', portalId: 4711 })
    const { body } = await create('ada@example.com')
    expect(body['url']).toBe(`https://app.hubspot.com/contacts/4711/record/0-1/${String(body['id'])}`)
  })

  it('an unknown setting is rejected by name', async () => {
    await expect(control.settings({ gravity: 9.81 } as never)).rejects.toThrow("no setting 'gravity'")
  })

  it('a setting of another type is rejected by name', async () => {
    await expect(control.settings({ searchLagMs: 'long' } as never)).rejects.toThrow("'searchLagMs'")
  })
})
