// POST /webhooks/customers: which events are accepted, and which are rejected and why. One describe for each status.

import { randomUUID } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { ServiceError } from '@temporalio/client'
import { valuesOf } from '../../dev/proof/payload-values.ts'
import { onboardingId } from '../../domain/ids.ts'
import { metrics } from '../../platform/metrics.ts'
import { testApi } from '../support/api.ts'
import { quickest } from '../support/quick.ts'
import { send, signedRequest, WEBHOOK_SECRET } from '../support/sender.ts'

const { app, client } = testApi()

const customerId = () => `cus_${randomUUID()}`
const registered = (data: Record<string, unknown> = {}) => ({
  type: 'customer.registered',
  data: { customerId: customerId(), email: 'ada@example.com', company: { name: 'Analytical Engines' }, ...data },
})
const body = (event: object) => JSON.stringify({ timestamp: new Date().toISOString(), ...event })
/** The same request with Svix's header names. */
const asSvix = (request: Request) => {
  const headers = [...request.headers].map(([name, value]): [string, string] => [
    name.replace(/^webhook-/, 'svix-'),
    value,
  ])
  return new Request(request.clone(), { headers })
}
interface Invalid {
  status: number
  errors: { path: string; message: string }[]
}
const problem = async (response: Response) => ({ status: response.status, ...((await response.json()) as object) })

describe('POST /webhooks/customers answers 202', () => {
  it('when Temporal has stored the event', async () => {
    const event = registered()
    const response = await send(app, event, 'evt_1')
    expect(response.status).toBe(202)
    expect(await response.json()).toEqual({
      customerId: event.data.customerId,
      eventId: 'evt_1',
      status: 'accepted',
      ignored: [],
    })
    expect(response.headers.get('location')).toBe(`/v1/customers/${String(event.data.customerId)}`)

    const { status } = await client.workflow.getHandle(onboardingId(String(event.data.customerId))).describe()
    expect(status.name).toBe('RUNNING')
  })

  it('to an update of a customer who is not registered yet', async () => {
    expect((await send(app, { type: 'customer.updated', data: { customerId: customerId(), phone: '1' } })).status).toBe(
      202,
    )
  })

  it('and names the unknown fields', async () => {
    const event = body({ ...registered({ plan: 'gold', company: { name: 'A', logo: 'x' } }), source: 'shop' })
    const response = await app.request(signedRequest(event.replace('"plan"', '"__proto__":{"x":1},"plan"')))
    expect(await response.json()).toMatchObject({
      ignored: ['data.company.logo', 'data.__proto__', 'data.plan', 'source'],
    })
  })

  it.each([
    ['the second of two secrets', ['whsec_' + Buffer.alloc(32, 1).toString('base64'), WEBHOOK_SECRET]],
    ['the first of two secrets', [WEBHOOK_SECRET, 'whsec_' + Buffer.alloc(32, 1).toString('base64')]],
  ])('to a signature by %s, so that secrets can rotate', async (_, webhookSecrets) => {
    expect((await send(testApi({ webhookSecrets }).app, registered())).status).toBe(202)
  })

  it('to a header with several signatures of which one is valid', async () => {
    const good = signedRequest(body(registered()))
    const signature = `v1,${Buffer.alloc(32).toString('base64')} ${good.headers.get('webhook-signature')}`
    const request = new Request(good, {
      headers: { ...Object.fromEntries(good.headers), 'webhook-signature': signature },
    })
    expect((await app.request(request)).status).toBe(202)
  })

  it('to the headers of Svix, with its id as the event’s id', async () => {
    const response = await app.request(asSvix(signedRequest(body(registered()), { id: 'msg_1' })))
    expect(response.status).toBe(202)
    expect(await response.json()).toMatchObject({ eventId: 'msg_1' })
  })

  it('to the standard’s headers when a sender also sends Svix’s', async () => {
    const headers = { 'svix-id': 'msg_1', 'svix-timestamp': '1', 'svix-signature': 'v1,AAAA' }
    const response = await app.request(signedRequest(body(registered()), { id: 'evt_1', headers }))
    expect(response.status).toBe(202)
    expect(await response.json()).toMatchObject({ eventId: 'evt_1' })
  })

  it('to an address in capitals and with spaces, which it stores trimmed and in lower case', async () => {
    const id = customerId()
    await send(app, registered({ customerId: id, email: '  Ada@Example.COM ' }))
    const { events } = await client.workflow.getHandle(onboardingId(id)).fetchHistory()
    const signal = events?.find((event) => event.workflowExecutionSignaledEventAttributes)
    const payloads = signal?.workflowExecutionSignaledEventAttributes?.input?.payloads
    expect(await valuesOf(client, onboardingId(id), payloads)).toMatchObject([
      { customer: { email: 'ada@example.com' } },
    ])
  })
})

describe('POST /webhooks/customers answers 202', () => {
  it.each([
    'ada@xn--e1afmkfd.xn--p1ai',
    'o&m@example.com',
    'a=b@example.com',
    'a/b@example.com',
    'a#b@example.com',
    'user%example.com@example.org',
  ])('to the address %s, which a web form accepts', async (email) => {
    expect((await send(app, registered({ email }))).status).toBe(202)
  })
})

describe('POST /webhooks/customers answers 202', () => {
  it('to invisible characters in names, which are any text', async () => {
    const response = await send(app, registered({ firstName: 'A\u200dda', company: { name: 'A\u202eB\u2028C' } }))
    expect(response.status).toBe(202)
  })
})

describe('POST /webhooks/customers answers 400', () => {
  it.each([
    ['that is not JSON', '{"type":'],
    ['that is empty', ''],
    ['that is not UTF-8', new Uint8Array([0x7b, 0xff, 0x7d])],
  ])('to a signed body %s', async (_, content) => {
    expect(await problem(await app.request(signedRequest(content)))).toMatchObject({ status: 400, code: 'not-json' })
  })

  it.each([
    ['empty', ''],
    ['longer than 256 characters', 'x'.repeat(257)],
    ['not plain text', 'evt\t1'],
    ['not visible throughout', 'evt\u00ad1'],
  ])('to a webhook-id that is %s', async (_, id) => {
    const request = signedRequest(body(registered()), { headers: { 'webhook-id': id } })
    for (const named of [asSvix(request), request]) {
      expect(await problem(await app.request(named))).toMatchObject({ status: 400, code: 'webhook-id' })
    }
  })
})

describe('POST /webhooks/customers answers 401', () => {
  const unsigned = { status: 401, code: 'unsigned', type: '/errors#unsigned' }
  const minutes = (count: number) => new Date(Date.now() + count * 60_000)

  it('when the body was changed after it was signed', async () => {
    const original = signedRequest(body(registered()), { id: 'evt_1' })
    const request = new Request(original.url, { method: 'POST', headers: original.headers, body: body(registered()) })
    expect(await problem(await app.request(request))).toMatchObject(unsigned)
  })

  it.each([
    ['with another secret', { secret: 'whsec_' + Buffer.alloc(32, 1).toString('base64') }],
    ['more than five minutes ago', { at: minutes(-6) }],
    ['more than five minutes ahead', { at: minutes(6) }],
  ])('when it was signed %s', async (_, options) => {
    expect(await problem(await app.request(signedRequest(body(registered()), options)))).toMatchObject(unsigned)
  })

  it.each(['webhook-id', 'webhook-timestamp', 'webhook-signature'])('without the header %s', async (header) => {
    const request = signedRequest(body(registered()), { headers: { [header]: undefined } })
    expect(await problem(await app.request(request))).toMatchObject(unsigned)
  })

  it('to a wrong signature under Svix’s names', async () => {
    const forged = signedRequest(body(registered()), { secret: 'whsec_' + Buffer.alloc(32, 1).toString('base64') })
    expect(await problem(await app.request(asSvix(forged)))).toMatchObject(unsigned)
  })

  it.each(['', 'v1', 'v1,', 'v1a,AAAA', 'nonsense', 'v2,AAAA'])('to the signature "%s"', async (signature) => {
    const request = signedRequest(body(registered()), { headers: { 'webhook-signature': signature } })
    expect(await problem(await app.request(request))).toMatchObject(unsigned)
  })
})

describe('POST /webhooks/customers answers 413', () => {
  it('to a body above 64 KiB', async () => {
    const request = signedRequest(body(registered({ padding: 'x'.repeat(65_536) })))
    expect(await problem(await app.request(request))).toMatchObject({ status: 413, code: 'too-large' })
  })

  it('to a body with a length above the limit, before it reads it', async () => {
    let reads = 0
    const endless = new ReadableStream({
      pull(controller) {
        reads += 1
        controller.enqueue(new Uint8Array(1024))
      },
    })
    const headers = { 'content-type': 'application/json', 'content-length': '1000000' }
    const request = new Request('http://onramp.test/webhooks/customers', {
      method: 'POST',
      headers,
      body: endless,
      duplex: 'half',
    } as RequestInit)
    expect((await app.request(request)).status).toBe(413)
    expect(reads).toBeLessThan(5)
  })
})

describe('POST /webhooks/customers answers 415', () => {
  it.each(['text/plain', 'application/x-www-form-urlencoded', undefined])('to the content type %s', async (type) => {
    const request = signedRequest(Buffer.from(body(registered())), { headers: { 'content-type': type } })
    expect(await problem(await app.request(request))).toMatchObject({ status: 415, code: 'unsupported-media-type' })
  })
})

describe('POST /webhooks/customers answers 422', () => {
  it.each([
    ['a customer id that is an e-mail address', registered({ customerId: 'ada@example.com' }), 'data.customerId'],
    ['a customer id that no path can hold', registered({ customerId: '..' }), 'data.customerId'],
    ['no customer id', registered({ customerId: undefined }), 'data.customerId'],
    ['no address', registered({ email: undefined }), 'data.email'],
    ['an address that is not valid', registered({ email: 'ada' }), 'data.email'],
    ['no company', registered({ company: undefined }), 'data.company'],
    ['a company without name and domain', registered({ company: { phone: '1' } }), 'data.company'],
    ['a text that is too long', registered({ firstName: 'x'.repeat(257) }), 'data.firstName'],
    ['control characters', registered({ lastName: 'a\u0000b' }), 'data.lastName'],
    ['half a surrogate pair', registered({ lastName: 'a\uD800b' }), 'data.lastName'],
    ['an address part of another type', registered({ address: { city: 12 } }), 'data.address.city'],
    ['an unknown type', { type: 'customer.exploded', data: { customerId: 'cus_1' } }, 'type'],
    ['a time without a zone', { ...registered(), timestamp: '2026-11-24T09:00:00' }, 'timestamp'],
    ['a time before 1970', { ...registered(), timestamp: '1969-12-31T23:59:59.999Z' }, 'timestamp'],
    [
      'a company id with an invisible character',
      registered({ company: { id: 'org\u200b1', name: 'A' } }),
      'data.company.id',
    ],
    [
      'a company id that turns its direction',
      registered({ company: { id: 'org\u202e1', name: 'A' } }),
      'data.company.id',
    ],
    ['a company id with a line separator', registered({ company: { id: 'org\u20281', name: 'A' } }), 'data.company.id'],
    [
      'a company id with a paragraph separator',
      registered({ company: { id: 'org\u20291', name: 'A' } }),
      'data.company.id',
    ],
    ['an update without a field', { type: 'customer.updated', data: { customerId: 'cus_1' } }, 'data'],
    [
      'an update with an empty address',
      { type: 'customer.updated', data: { customerId: 'cus_1', address: {} } },
      'data',
    ],
    [
      'an address that is cleared',
      { type: 'customer.updated', data: { customerId: 'cus_1', email: null } },
      'data.email',
    ],
    ['a list', [] as object, ''],
  ])('to %s, and names the field', async (_, event, path) => {
    const response = await app.request(signedRequest(Array.isArray(event) ? '[]' : body(event)))
    const invalid = (await response.json()) as { errors: { path: string }[] }
    expect(response.status).toBe(422)
    expect(response.headers.get('content-type')).toBe('application/problem+json')
    expect(invalid.errors.map((error) => error.path)).toContain(path)
  })
})

describe('POST /webhooks/customers and an event from the future', () => {
  const minutesAhead = (count: number) => new Date(Date.now() + count * 60_000).toISOString()

  it('answers 422 when the event is more than 10 minutes ahead, and names both times', async () => {
    const timestamp = minutesAhead(10.1)
    const before = new Date().toISOString()
    const { status, errors } = (await problem(await send(app, { ...registered(), timestamp }))) as Invalid
    expect(status).toBe(422)
    expect(errors.map(({ path }) => path)).toEqual(['timestamp'])
    const [, event = '', clock = ''] =
      /^must be at most 10 minutes ahead of onramp’s clock: it is (\S+), and the clock says (\S+)$/.exec(
        errors[0]?.message ?? '',
      ) ?? []
    expect(event).toBe(timestamp)
    expect(before <= clock && clock <= new Date().toISOString()).toBe(true)
  })

  it('answers 422 with both times in UTC when the event names another zone', async () => {
    const local = '2126-11-24T10:00:00+01:00'
    const { status, errors } = (await problem(await send(app, { ...registered(), timestamp: local }))) as Invalid
    expect(status).toBe(422)
    expect(errors[0]?.message).toContain('it is 2126-11-24T09:00:00.000Z, ')
  })

  it('answers 202 when the event is less than 10 minutes ahead, since clocks differ', async () => {
    expect((await send(app, { ...registered(), timestamp: minutesAhead(9.5) })).status).toBe(202)
  })

  it('answers 202 to an event that is years old', async () => {
    expect((await send(app, { ...registered(), timestamp: '2001-01-01T00:00:00Z' })).status).toBe(202)
  })

  it('answers 422 with one message when the timestamp is not a time', async () => {
    const { errors } = (await problem(await send(app, { ...registered(), timestamp: 'tomorrow' }))) as Invalid
    expect(errors).toEqual([
      { path: 'timestamp', message: expect.stringContaining('must be a date and time') as string },
    ])
  })
})

describe('POST /webhooks/customers answers 422', () => {
  it.each([
    'ada',
    'ada@',
    '@example.com',
    'ada@localhost',
    'a..b@example.com',
    '.a@example.com',
    'a.@example.com',
    'ada@example..com',
    'a b@example.com',
    'ada@-example.com',
    'rené@example.fr',
    '"a b"@example.com',
  ])('to the address %s, with one message', async (email) => {
    const errors = [{ path: 'data.email', message: 'must be an e-mail address' }]
    expect(await problem(await send(app, registered({ email })))).toMatchObject({ status: 422, errors })
  })
})

describe('a webhook without a valid signature', () => {
  const minutesOff = (count: number) => ({ at: new Date(Date.now() + count * 60_000) })

  it.each([
    ['too-old', () => signedRequest(body(registered()), minutesOff(-6))],
    ['too-new', () => signedRequest(body(registered()), minutesOff(6))],
    [
      'no-match',
      () => signedRequest(body(registered()), { secret: 'whsec_' + Buffer.alloc(32, 1).toString('base64') }),
    ],
    ['incomplete', () => signedRequest(body(registered()), { headers: { 'webhook-signature': undefined } })],
  ])('is counted as %s (401)', async (cause, request) => {
    const count = async () =>
      (await metrics.webhooks.get()).values.find(({ labels }) => labels.cause === cause)?.value ?? 0
    const before = await count()
    const response = await app.request(request())
    expect(response.status).toBe(401)
    expect(await count()).toBe(before + 1)
  })
})

describe('a request to another path or with another method', () => {
  it.each([
    ['GET', '/webhooks/customers', 405],
    ['HEAD', '/webhooks/customers', 405],
    ['GET', '/webhooks/nope', 404],
    ['HEAD', '/webhooks/nope', 404],
    ['POST', '/webhooks/nope', 404],
  ])('is not counted as a webhook: %s %s answers %i', async (method, path, status) => {
    const counted = async () => (await metrics.webhooks.get()).values.reduce((sum, { value }) => sum + value, 0)
    const before = await counted()
    expect((await app.request(path, { method })).status).toBe(status)
    expect(await counted()).toBe(before)
  })
})

describe('POST /webhooks/customers answers 503', () => {
  // Every status code of gRPC except OK.
  it.each(Array.from({ length: 16 }, (_, index) => index + 1))(
    'temporal-unavailable when Temporal answers with the gRPC status %i',
    async (code) => {
      const { app: unavailable, client: rejecting } = testApi()
      const cause = Object.assign(new Error('no'), { code, details: '', metadata: {} })
      rejecting.workflow.signalWithStart = () => Promise.reject(new ServiceError('rejected', { cause }))
      const response = await send(unavailable, registered())
      expect(response.headers.get('retry-after')).toBe('1')
      expect(await problem(response)).toMatchObject({ status: 503, code: 'temporal-unavailable' })
    },
  )

  it('temporal-unavailable when Temporal does not know the namespace', async () => {
    const response = await send(testApi({ namespace: 'nowhere' }).app, registered())
    expect(await problem(response)).toMatchObject({ status: 503, code: 'temporal-unavailable' })
  })

  it('with Retry-After and within 3.5 s while Temporal does not answer', async () => {
    const { app: unconnected } = testApi({ address: '127.0.0.1:1' })
    const { result: response, tookMs } = await quickest(3500, () => send(unconnected, registered()))
    expect(tookMs).toBeLessThan(3500)
    expect(response.headers.get('retry-after')).toBe('1')
    expect(await problem(response)).toMatchObject({ status: 503, code: 'temporal-unavailable' })
  })
})
