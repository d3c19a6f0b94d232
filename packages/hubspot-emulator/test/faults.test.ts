// The faults: what the caller sees, and what is written in the portal.

import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { EmulatorControl, type Fault } from '../src/control-client.ts'
import { startEmulator } from '../src/server.ts'
import { call } from './hubspot-call.ts'

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
const create = (email = 'ada@example.com', properties: Record<string, string> = {}) =>
  call(url, 'POST', contacts, { properties: { email, ...properties } })
const inject = (effect: Fault['effect'], more: Omit<Fault, 'effect'> = {}) => control.fault({ ...more, effect })
const written = async (): Promise<number> => (await control.records()).contacts.length

describe('a fault with a status', () => {
  it.each([
    [401, { category: 'INVALID_AUTHENTICATION' }],
    [403, { category: 'MISSING_SCOPES' }],
    [404, { message: 'resource not found' }],
    [423, { status: 'error' }],
    [429, { policyName: 'TEN_SECONDLY_ROLLING', errorType: 'RATE_LIMIT' }],
    [477, { status: 'error' }],
    [500, { status: 'error' }],
    [503, { status: 'error' }],
  ])('%i has HubSpot’s body for that status and writes nothing', async (status, body) => {
    await inject({ kind: 'status', status })
    const response = await create()
    expect(response).toMatchObject({ status, body })
    expect(response.headers.get('x-hubspot-correlation-id')).toBe(response.body['correlationId'])
    expect(response.headers.get('x-hubspot-ratelimit-remaining')).toBe('189')
    expect(await written()).toBe(0)
  })

  it.each([502, 504, 521, 524])('%i is a page of the edge', async (status) => {
    await inject({ kind: 'status', status })
    const response = await create()
    expect(response.status).toBe(status)
    expect(response.headers.get('content-type')).toMatch(/^text\/html/)
    expect(response.text).toContain('<html')
  })

  it.each(['SECONDLY', 'TEN_SECONDLY_ROLLING', 'DAILY'] as const)('429 names the policy %s', async (policy) => {
    await inject({ kind: 'status', status: 429, policy, retryAfterSeconds: 7 })
    const response = await create()
    expect(response).toMatchObject({
      status: 429,
      body: { policyName: policy, message: `You have reached your ${policy.toLowerCase()} limit.` },
    })
    expect(response.headers.get('retry-after')).toBe('7')
  })

  it('may have any other body', async () => {
    await inject({ kind: 'status', status: 418, body: { teapot: true } })
    expect(await create()).toMatchObject({ status: 418, body: { teapot: true } })
  })
})

describe('a lost response', () => {
  it('before the write leaves no record', async () => {
    await inject({ kind: 'cut' })
    await expect(create()).rejects.toThrow('fetch failed')
    expect(await written()).toBe(0)
  })

  it('by a reset of the connection leaves no record', async () => {
    await inject({ kind: 'reset' })
    await expect(create()).rejects.toMatchObject({ cause: { code: 'ECONNRESET' } })
    expect(await written()).toBe(0)
  })

  it('after the write leaves the record', async () => {
    await inject({ kind: 'commit-then-cut' })
    await expect(create()).rejects.toThrow('fetch failed')
    expect(await written()).toBe(1)
    expect((await create()).status).toBe(409)
  })

  it.each([
    ['hang', 0],
    ['commit-then-hang', 1],
  ] as const)('by a connection that hangs (%s) leaves %i records', async (kind, count) => {
    await inject({ kind })
    const response = fetch(url + contacts, {
      method: 'POST',
      headers: { authorization: 'Bearer any', 'content-type': 'application/json' },
      body: JSON.stringify({ properties: { email: 'ada@example.com' } }),
      signal: AbortSignal.timeout(200),
    })
    await expect(response).rejects.toThrow('timeout')
    expect(await written()).toBe(count)
  })

  it('by an error after the write leaves the record', async () => {
    await inject({ kind: 'commit-then-status', status: 503 })
    expect((await create()).status).toBe(503)
    expect(await written()).toBe(1)
  })

  it('by truncated JSON leaves the record', async () => {
    await inject({ kind: 'truncated-json' })
    const { status, text } = await create()
    expect(status).toBe(201)
    expect(() => JSON.parse(text) as unknown).toThrow(SyntaxError)
    expect(await written()).toBe(1)
  })
})

describe('an unusual response', () => {
  it('is an HTML page', async () => {
    await inject({ kind: 'html', status: 503 })
    const response = await create()
    expect([response.status, response.headers.get('content-type')]).toEqual([503, 'text/html;charset=utf-8'])
  })

  it('has no content type', async () => {
    await inject({ kind: 'no-content-type' })
    const response = await create()
    expect([response.status, response.headers.get('content-type')]).toEqual([201, null])
  })

  it('has another content type', async () => {
    await inject({ kind: 'wrong-content-type', contentType: 'text/plain' })
    const response = await create()
    expect([response.status, response.headers.get('content-type')]).toEqual([201, 'text/plain'])
    expect(await written()).toBe(1)
  })

  it.each([
    [true, 1],
    [false, 0],
  ])('is a batch response without rows, with or without the write (%s)', async (wasWritten, count) => {
    await inject({ kind: 'empty-batch', written: wasWritten })
    const inputs = [{ properties: { email: 'a@example.com' } }]
    const response = await call(url, 'POST', `${contacts}/batch/create`, { inputs })
    expect(response).toMatchObject({ status: 200, body: { status: 'COMPLETE', results: [] } })
    expect(await written()).toBe(count)
  })

  it('is a batch response that leaves out the second half of its rows, which are written', async () => {
    await inject({ kind: 'partial-batch' })
    const inputs = ['a', 'b', 'c'].map((name) => ({ properties: { email: `${name}@example.com` } }))
    const response = await call(url, 'POST', `${contacts}/batch/create`, { inputs })
    const { results } = response.body as unknown as { results: { properties: Record<string, string> }[] }
    expect(results.map(({ properties }) => properties['email'])).toEqual(['a@example.com', 'b@example.com'])
    expect(await written()).toBe(3)
  })

  it('is any text with any content type', async () => {
    await inject({ kind: 'body', status: 200, body: 'hello', contentType: 'text/plain' })
    const response = await create()
    expect([response.text, response.headers.get('content-type')]).toEqual(['hello', 'text/plain'])
  })

  it('is late', async () => {
    await inject({ kind: 'delay', ms: 120 })
    const before = performance.now()
    expect((await create()).status).toBe(201)
    expect(performance.now() - before).toBeGreaterThan(110)
  })
})

describe('a fault', () => {
  it('applies once by default', async () => {
    await inject({ kind: 'status', status: 503 })
    expect([(await create('a@example.com')).status, (await create('b@example.com')).status]).toEqual([503, 201])
  })

  it('applies as often as `times` says', async () => {
    await inject({ kind: 'status', status: 503 }, { times: 2 })
    const statuses = [await create(), await create(), await create()].map(({ status }) => status)
    expect(statuses).toEqual([503, 503, 201])
  })

  it('applies until it is cleared', async () => {
    await inject({ kind: 'status', status: 503 }, { times: null })
    expect([(await create()).status, (await create()).status]).toEqual([503, 503])
    await control.clearFaults()
    expect((await create()).status).toBe(201)
  })

  it('applies only to its method and path', async () => {
    await inject({ kind: 'status', status: 503 }, { method: 'PATCH', path: '/companies/', times: null })
    expect((await create()).status).toBe(201)
    const company = await call(url, 'POST', '/crm/v3/objects/companies', { properties: { name: 'A' } })
    const path = `/crm/v3/objects/companies/${String(company.body['id'])}`
    expect((await call(url, 'GET', path)).status).toBe(200)
    expect((await call(url, 'PATCH', path, { properties: { city: 'London' } })).status).toBe(503)
  })

  it('applies with a probability, in every run to the same calls', async () => {
    const run = async (): Promise<number[]> => {
      await control.reset()
      await control.settings({ seed: 7 })
      await inject({ kind: 'status', status: 503 }, { times: null, probability: 0.3 })
      const statuses: number[] = []
      for (let at = 0; at < 40; at += 1) statuses.push((await create(`c${at}@example.com`)).status)
      return statuses
    }
    const [first, second] = [await run(), await run()]
    expect(first).toEqual(second)
    const failed = first.filter((status) => status === 503).length
    expect(failed).toBeGreaterThan(4)
    expect(failed).toBeLessThan(24)
  })

  it('that is invalid is rejected', async () => {
    await expect(inject({ kind: 'explode' } as never)).rejects.toThrow('kind')
    await expect(inject({ kind: 'cut' }, { path: '(' })).rejects.toThrow('path')
  })

  it('appears in the journal', async () => {
    await inject({ kind: 'cut' })
    await create().catch(() => {})
    expect(await control.requests()).toMatchObject([{ method: 'POST', path: contacts, fault: 'cut', status: null }])
  })
})

describe('the response to a duplicate', () => {
  const withId = ['b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'k'] as const

  it.each(withId)('in the form %s has the id in its message', async (conflictForm) => {
    await control.settings({ conflictForm })
    const id = String((await create()).body['id'])
    expect(await create()).toMatchObject({
      status: 409,
      body: { category: 'CONFLICT', message: `Contact already exists. Existing ID: ${id}` },
    })
  })

  it('in the form a has the id as a number in a profile', async () => {
    await control.settings({ conflictForm: 'a' })
    const id = String((await create()).body['id'])
    expect(await create()).toMatchObject({
      status: 409,
      body: {
        error: 'CONTACT_EXISTS',
        message: 'Contact already exists',
        identityProfile: { vid: Number(id), isContact: true },
      },
    })
  })

  it('in the form j has no id', async () => {
    await control.settings({ conflictForm: 'j' })
    const id = String((await create()).body['id'])
    const conflict = await create()
    expect(conflict).toMatchObject({ status: 409, body: { message: 'Contact already exists' } })
    expect(conflict.text).not.toContain(id)
  })

  it('in the form l names a company', async () => {
    await control.settings({ conflictForm: 'l' })
    await create()
    expect((await create()).body['message']).toMatch(/^Company already exists\. Existing ID: \d+$/)
  })

  it('in the form m is a 400 with two ids', async () => {
    await control.settings({ conflictForm: 'm' })
    const id = String((await create()).body['id'])
    const conflict = await create()
    expect(conflict.status).toBe(400)
    expect(conflict.body['message']).toMatch(new RegExp(`on \\d+\\. ${id} already has that value\\.$`))
  })

  it('in the form n is that of a property', async () => {
    await control.settings({ conflictForm: 'n' })
    await create()
    expect(await create()).toMatchObject({
      status: 409,
      body: { category: 'OBJECT_ALREADY_EXISTS', subCategory: 'Properties.PROPERTY_WITH_NAME_EXISTS' },
    })
  })

  it('can be injected with the id of another contact', async () => {
    await inject({ kind: 'conflict', form: 'b', existingId: '4711' })
    expect((await create()).body['message']).toBe('Contact already exists. Existing ID: 4711')
  })

  it('can be injected without a duplicate, in any other form', async () => {
    await inject({ kind: 'conflict', form: { message: 'somebody is there', owner: { vid: 42 } } })
    expect(await create()).toMatchObject({ status: 409, body: { message: 'somebody is there', owner: { vid: 42 } } })
    expect(await written()).toBe(0)
  })
})
