// The front door explains itself: what the log and the response say about a rejected event, and what becomes of ignored fields.

import { randomUUID } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { metrics } from '../../platform/metrics.ts'
import { testApi } from '../support/api.ts'
import { send, signedRequest } from '../support/sender.ts'

const lines: string[] = []
const { app } = testApi({ onLog: (line) => lines.push(line) })

const customerId = () => `cus_${randomUUID()}`
const registered = (data: Record<string, unknown> = {}) => ({
  type: 'customer.registered',
  data: { customerId: customerId(), email: 'ada@example.com', company: { name: 'Analytical Engines' }, ...data },
})
const body = (event: object) => JSON.stringify({ timestamp: new Date().toISOString(), ...event })
const OTHER_SECRET = 'whsec_' + Buffer.alloc(32, 1).toString('base64')

/** The lines that a request adds to the log, parsed. */
async function logOf(request: Request): Promise<Record<string, unknown>[]> {
  const before = lines.length
  await app.request(request)
  return lines.slice(before).map((line) => JSON.parse(line) as Record<string, unknown>)
}

async function detailOf(request: Request): Promise<string> {
  const response = await app.request(request)
  expect(response.status).toBe(401)
  return ((await response.json()) as { detail: string }).detail
}

describe('an accepted event', () => {
  it('is one line of the log, with its request, its id, its type and its customer (202)', async () => {
    const event = registered({ customerId: customerId(), phone: 'canary' })
    const [line, ...others] = await logOf(signedRequest(body(event), { id: 'evt_8' }))
    expect(others).toEqual([])
    expect(line).toMatchObject({
      level: 'info',
      requestId: expect.any(String) as string,
      eventId: 'evt_8',
      eventType: 'customer.registered',
      customerId: event.data.customerId,
      msg: 'an event was accepted',
    })
    expect(JSON.stringify(line)).not.toMatch(/canary|ada@/)
  })
})

describe('a rejected event', () => {
  it('is one line of the log, with its id, its customer, the code and the paths of the wrong fields (422)', async () => {
    const event = registered({ customerId: 'cus_7', email: 'canary', address: { city: 12 }, phone: 'x'.repeat(257) })
    expect(await logOf(signedRequest(body(event), { id: 'evt_7' }))).toEqual([
      {
        level: 'warn',
        time: expect.any(String) as string,
        part: 'test',
        host: expect.any(String) as string,
        pid: process.pid,
        requestId: expect.any(String) as string,
        eventId: 'evt_7',
        customerId: 'cus_7',
        code: 'invalid-event',
        fields: ['data.email', 'data.phone', 'data.address.city'],
        msg: 'an event was rejected',
      },
    ])
  })

  it.each([
    ['not-json', {}, () => signedRequest('{"data":{"customerId":"cus_7"', { id: 'evt_7' })],
    ['invalid-event', { fields: ['type'] }, () => signedRequest(body({ ...registered(), type: 'a' }), { id: 'evt_7' })],
    [
      'unsigned',
      { cause: 'no-match', customerId: 'cus_7' },
      () => signedRequest(body(registered({ customerId: 'cus_7' })), { id: 'evt_7', secret: OTHER_SECRET }),
    ],
    ['unsupported-media-type', {}, () => signedRequest('', { id: 'evt_7', headers: { 'content-type': 'text/plain' } })],
    ['too-large', {}, () => signedRequest('x'.repeat(65_537), { id: 'evt_7' })],
  ])('has a line with its id and the code %s', async (code, more, request) => {
    expect(await logOf(request())).toMatchObject([{ eventId: 'evt_7', code, ...more }])
  })

  it('has no value in its line: no id that could be an address, no text of the body, no name that could be a value', async () => {
    const wrong = registered({ customerId: 'canary@example.com', email: 'canary' })
    const requests = [
      signedRequest(body(wrong), { id: 'canary@example.com' }),
      signedRequest('canary {', { id: 'canary mail' }),
      signedRequest(body({ 'canary@example.com': 1, type: 'canary', data: { customerId: '+1 555 CANARY' } })),
      signedRequest(body(wrong), { headers: { 'webhook-signature': 'v1,canary', 'webhook-timestamp': 'canary' } }),
    ]
    for (const request of requests) {
      const [line, ...more] = await logOf(request)
      expect(more).toEqual([])
      expect(JSON.stringify(line)).not.toMatch(/canary/i)
    }
  })
})

describe('a signature that is rejected (401)', () => {
  const at = (seconds: number) => ({ at: new Date(Math.floor(Date.now() / 1000) * 1000 + seconds * 1000) })

  it.each(['webhook-id', 'webhook-timestamp', 'webhook-signature'])('says that %s is missing', async (header) => {
    const request = (value: string | undefined) => signedRequest(body(registered()), { headers: { [header]: value } })
    expect(await detailOf(request(undefined))).toMatch(`\`${header}\` is missing or empty`)
  })

  it.each([
    [-3600, 'behind'],
    [3600, 'ahead of'],
  ])('says by how many seconds the clocks differ, with both times (%i s)', async (seconds, where) => {
    const options = at(seconds)
    const before = Date.now()
    const detail = await detailOf(signedRequest(body(registered()), options))
    const [, off, clock = ''] =
      new RegExp(`(\\d+) s ${where} onramp’s clock, which says \\d+ \\((.*?)\\)`).exec(detail) ?? []
    expect(detail).toContain(`\`webhook-timestamp\` is ${options.at.getTime() / 1000} (${options.at.toISOString()})`)
    // A busy machine may take some seconds in between.
    expect(Math.abs(Number(off) - 3600)).toBeLessThan(60)
    expect(Date.parse(clock)).toBeGreaterThanOrEqual(before - 1000)
  })

  it('says that the time is in milliseconds', async () => {
    const headers = { 'webhook-timestamp': String(Date.now()) }
    expect(await detailOf(signedRequest(body(registered()), { headers }))).toContain('has milliseconds')
  })

  it('says that the time is no number, and stands any number', async () => {
    const detail = (time: string) =>
      detailOf(signedRequest(body(registered()), { headers: { 'webhook-timestamp': time } }))
    expect(await detail('now')).toContain('must be a number of seconds')
    expect(await detail('9'.repeat(30))).toContain('ahead of onramp’s clock')
  })

  it('says that no signature matches, or that none has the scheme, and neither the secret nor the right signature', async () => {
    const detail = await detailOf(signedRequest(body(registered()), { secret: OTHER_SECRET }))
    expect(detail).toContain('No signature matches')
    expect(detail).not.toMatch(/whsec_|v1,[A-Za-z0-9+/]/)
    const bare = signedRequest(body(registered()), { headers: { 'webhook-signature': 'sha256=abc' } })
    expect(await detailOf(bare)).toContain('begins with `v1,`')
  })
})

describe('a field that onramp ignores', () => {
  const counted = async (): Promise<Record<string, number>> => {
    const { values } = await metrics.ignoredFields.get()
    return Object.fromEntries(values.map(({ labels, value }) => [labels.field, value]))
  }

  it('is counted by its path, and a name that could be a value as other', async () => {
    const before = await counted()
    await send(app, registered({ plan: 'canary', 'ada@example.com': 1, company: { name: 'A', logo: 'canary' } }))
    const after = await counted()
    const added = Object.entries(after).filter(([field, count]) => count > (before[field] ?? 0))
    expect(new Set(added.map(([field]) => field))).toEqual(new Set(['data.plan', 'data.company.logo', 'other']))
  })

  it('is counted as other after a hundred paths, so that no sender fills the memory of Prometheus', async () => {
    for (let part = 0; part < 2; part += 1) {
      const fields = Object.fromEntries(Array.from({ length: 400 }, (_, index) => [`field${part}_${index}`, 1]))
      await send(app, registered(fields))
    }
    expect(Object.keys(await counted()).length).toBeLessThanOrEqual(101)
    expect((await counted())['other']).toBeGreaterThanOrEqual(700)
  })

  it('is not counted when the event is rejected', async () => {
    const before = await counted()
    await send(app, registered({ email: 'canary', plan: 'a' }))
    expect(await counted()).toEqual(before)
  })
})
