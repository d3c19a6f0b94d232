// The API as a real server: slow, broken and endless requests, and more requests than Temporal accepts.

import { createServer as createHttp2Server } from 'node:http2'
import { createServer } from 'node:net'
import type { AddressInfo, Socket } from 'node:net'
import { randomUUID } from 'node:crypto'
import { Hono } from 'hono'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { EVENTS } from '../../api/middleware/concurrency-limit.ts'
import { CONNECTION_LIMITS, startServer } from '../../api/server.ts'
import type { ConnectionLimits } from '../../api/server.ts'
import { apiRegistry } from '../../platform/metrics.ts'
import { GRPC } from '../../platform/temporal.ts'
import { testApi } from '../support/api.ts'
import { openConnection, statusesOf, wireForm } from '../support/connection.ts'
import { quickest, untilQuick } from '../support/quick.ts'
import { OPERATOR_TOKEN, signedRequest } from '../support/sender.ts'

const HEAD = 'POST /webhooks/customers HTTP/1.1\r\nhost: onramp.test\r\ncontent-type: application/json\r\n'

// Node sends the headers sorted by name.
const HEADERS_OF_EVERY_RESPONSE =
  /\r\ncontent-security-policy: [^]*\r\nx-content-type-options: nosniff\r\n[^]*\r\nx-request-id: \S+\r\n/

/** Short enough for a test, long enough for an honest request on a busy machine. */
const SHORT_TIMEOUTS: Partial<ConnectionLimits> = { headersTimeoutMs: 400, requestTimeoutMs: 500, checkEveryMs: 50 }

async function aServer(limits: Partial<ConnectionLimits> = {}, address?: string) {
  const { app, client } = testApi(address === undefined ? {} : { address })
  const { server, port } = await startServer(app, { host: '127.0.0.1', port: 0 }, { ...CONNECTION_LIMITS, ...limits })
  onTestFinished(async () => {
    server.closeAllConnections()
    server.close()
    await client.connection.close()
  })
  const url = `http://127.0.0.1:${port}`
  return {
    port,
    url,
    connections: () => new Promise<number>((resolve) => server.getConnections((_, count) => resolve(count))),
    isLive: async () => (await fetch(`${url}/health/live`)).status === 200,
  }
}

const registration = () =>
  signedRequest(
    JSON.stringify({
      type: 'customer.registered',
      timestamp: new Date().toISOString(),
      data: { customerId: `cus_${randomUUID()}`, email: 'ada@example.com', company: { name: 'Analytical Engines' } },
    }),
  )

const unsigned = () => new Request(registration(), { headers: { 'content-type': 'application/json' } })

/** Posts an event and reads the whole response. */
async function post(url: string, request: Request): Promise<{ status: number; code?: string; tookMs: number }> {
  const startedAt = performance.now()
  const response = await fetch(`${url}/webhooks/customers`, {
    method: 'POST',
    headers: request.headers,
    body: await request.text(),
  })
  const { code } = (await response.json()) as { code?: string }
  return { status: response.status, tookMs: performance.now() - startedAt, ...(code !== undefined && { code }) }
}

describe('POST /webhooks/customers answers 413', () => {
  it('to an endless body without a length, and stops reading', async () => {
    const api = await aServer()
    const connection = openConnection(api.port)
    connection.write(`${HEAD}transfer-encoding: chunked\r\n\r\n`)
    const chunk = `4000\r\n${'x'.repeat(0x4000)}\r\n`
    const writing = setInterval(() => connection.write(chunk), 1)
    await connection.closed
    clearInterval(writing)
    expect(statusesOf(connection.received())).toEqual([413])
    expect(connection.received()).toContain('"code":"too-large"')
    // The kernel buffers a part of the body; the API reads hardly more than the limit.
    expect(connection.socket.bytesWritten).toBeLessThan(8 * 1024 * 1024)
  })

  it('to a body with a length above the limit, before it arrives', async () => {
    const api = await aServer()
    const connection = openConnection(api.port)
    connection.write(`${HEAD}content-length: 1000000\r\n\r\n`)
    await connection.closed
    expect(statusesOf(connection.received())).toEqual([413])
  })
})

describe('a slow request', () => {
  it.each([
    ['slow headers', 'GET /health/live HTTP/1.1\r\nhost: onramp.test\r\n', 'x-more: 1\r\n'],
    ['a slow body with a length', `${HEAD}content-length: 60000\r\n\r\n`, 'x'],
    ['a slow body in chunks', `${HEAD}transfer-encoding: chunked\r\n\r\n`, '1\r\nx\r\n'],
  ])('is answered 408 and its connection closes: %s', async (_, begin, more) => {
    const api = await aServer(SHORT_TIMEOUTS)
    const { result: connection, tookMs } = await quickest(2_000, async () => {
      const slow = openConnection(api.port)
      slow.write(begin)
      const trickle = setInterval(() => slow.write(more), 20)
      await slow.closed
      clearInterval(trickle)
      return slow
    })
    expect(tookMs).toBeLessThan(2_000)
    expect(statusesOf(connection.received())).toEqual([408])
    expect(connection.received()).toContain('"code":"too-slow"')
    expect(connection.received()).toMatch(HEADERS_OF_EVERY_RESPONSE)
    await expect.poll(api.connections).toBe(0)
  })

  it('that never starts has its connection closed', async () => {
    const api = await aServer(SHORT_TIMEOUTS)
    const { tookMs } = await quickest(2_000, () => openConnection(api.port).closed)
    expect(tookMs).toBeLessThan(2_000)
    await expect.poll(api.connections).toBe(0)
  })

  it('has a few seconds under the limits of production', () => {
    const { headersTimeoutMs, requestTimeoutMs, checkEveryMs } = CONNECTION_LIMITS
    expect(headersTimeoutMs + checkEveryMs).toBeLessThan(5_000)
    expect(requestTimeoutMs + checkEveryMs).toBeLessThan(6_000)
  })
})

describe('a broken request', () => {
  it.each([
    ['headers above 16 KiB', `x-large: ${'x'.repeat(CONNECTION_LIMITS.headerBytes)}\r\n`],
    ['101 headers', Array.from({ length: 101 }, (_, index) => `x-${index}: 1\r\n`).join('')],
  ])('answers 431 to %s', async (_, headers) => {
    const api = await aServer()
    const connection = openConnection(api.port)
    connection.write(`GET /health/live HTTP/1.1\r\nhost: onramp.test\r\n${headers}\r\n`)
    await connection.closed
    expect(statusesOf(connection.received())).toEqual([431])
    expect(connection.received()).toContain('"code":"headers-too-large"')
    expect(connection.received()).toMatch(HEADERS_OF_EVERY_RESPONSE)
  })

  it.each([
    ['bytes that are not HTTP', 'hello\r\n\r\n'],
    ['no Host header', 'GET /health/live HTTP/1.1\r\nconnection: close\r\n\r\n'],
    ['a Host header that is not valid', 'GET /health/live HTTP/1.1\r\nhost: a b\r\n\r\n'],
    ['a length that is not a number', `${HEAD}content-length: many\r\n\r\n`],
    ['two lengths', `${HEAD}content-length: 2\r\ncontent-length: 3\r\n\r\n{}`],
    ['a length beside chunks', `${HEAD}content-length: 2\r\ntransfer-encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n`],
    ['a chunk size that is not a number', `${HEAD}transfer-encoding: chunked\r\n\r\nzz\r\n`],
    ['a request for a tunnel', 'CONNECT hubspot.test:443 HTTP/1.1\r\nhost: hubspot.test:443\r\n\r\n'],
  ])('answers 400 to %s', async (_, text) => {
    const api = await aServer()
    const connection = openConnection(api.port)
    connection.write(text)
    await connection.closed
    expect(statusesOf(connection.received())).toEqual([400])
    expect(connection.received()).toContain('"code":"bad-request"')
    expect(connection.received()).toMatch(HEADERS_OF_EVERY_RESPONSE)
    await expect.poll(api.connections).toBe(0)
  })

  it('with an unknown Expect header is answered like any other', async () => {
    const api = await aServer()
    const connection = openConnection(api.port)
    connection.write('GET /health/live HTTP/1.1\r\nhost: onramp.test\r\nexpect: wonders\r\nconnection: close\r\n\r\n')
    await connection.closed
    expect(statusesOf(connection.received())).toEqual([200])
  })

  it('does not affect the response to the request before it', async () => {
    const api = await aServer()
    const connection = openConnection(api.port)
    connection.write(`${await wireForm(registration())}\x00\x01garbage\r\n\r\n`)
    connection.write('more of it')
    await connection.closed
    expect(statusesOf(connection.received())).toEqual([202])
    await expect.poll(api.connections).toBe(0)
  })
})

describe('a sender that closes its half of the connection', () => {
  it('still gets its 202, and the connection closes', async () => {
    const api = await aServer()
    const connection = openConnection(api.port)
    connection.socket.end(await wireForm(registration()))
    await connection.closed
    expect(statusesOf(connection.received())).toEqual([202])
    await expect.poll(api.connections).toBe(0)
  })

  it('in the middle of a body gets a 400', async () => {
    const api = await aServer()
    const connection = openConnection(api.port)
    connection.socket.end(`${HEAD}content-length: 100\r\n\r\n{"type":`)
    await connection.closed
    expect(statusesOf(connection.received())).toEqual([400])
    await expect.poll(api.connections).toBe(0)
  })
})

describe('connections beyond the limit', () => {
  it('are rejected, and idle connections close to make room', async () => {
    const api = await aServer({ connections: 3 })
    const idle = [1, 2, 3].map(() => openConnection(api.port))
    for (const connection of idle) connection.write('GET /health/live HTTP/1.1\r\nhost: onramp.test\r\n\r\n')
    for (const connection of idle) await expect.poll(() => statusesOf(connection.received())).toEqual([200])
    await openConnection(api.port).closed
    await Promise.all(idle.map(({ closed }) => closed))
    expect(await api.isLive()).toBe(true)
  })
})

describe('a response', () => {
  it('does not name the software of the server', async () => {
    const api = await aServer()
    const { headers } = await fetch(`${api.url}/health/live`)
    expect(headers.has('server')).toBe(false)
    expect(headers.has('x-powered-by')).toBe(false)
  })
})

describe('a server that stops', () => {
  it('closes unused connections at once and others after their open response, though the client would keep them', async () => {
    const { tookMs, received } = await untilQuick(2_000, stopWithTwoConnections)
    expect(tookMs).toBeLessThan(2_000)
    expect(statusesOf(received)).toEqual([200])
    expect(received).toMatch(/\r\nconnection: close\r\n[^]*the response/i)
  })

  async function stopWithTwoConnections(): Promise<{ tookMs: number; received: string }> {
    const { promise: mayRespond, resolve: respond } = Promise.withResolvers<void>()
    let hasStarted = false
    const app = new Hono().get('/', async (c) => {
      hasStarted = true
      await mayRespond
      return c.text('the response')
    })
    const { port, stop } = await startServer(app, { host: '127.0.0.1', port: 0 })
    const [busy, unused] = [openConnection(port), openConnection(port)]
    busy.write('GET / HTTP/1.1\r\nhost: onramp.test\r\n\r\n')
    await expect.poll(() => hasStarted).toBe(true)

    const startedAt = performance.now()
    const stopped = stop()
    await unused.closed
    respond()
    await Promise.all([stopped, busy.closed])
    return { tookMs: performance.now() - startedAt, received: busy.received() }
  }
})

describe('five hundred concurrent events', () => {
  it('are each answered 202 or 503, while /health/live answers 200', async () => {
    const api = await aServer()
    const requests = Array.from({ length: 500 }, registration)
    const sending = Promise.all(requests.map((request) => post(api.url, request)))
    expect(await api.isLive()).toBe(true)
    const responses = await sending
    expect(responses.filter(({ status }) => status === 202).length).toBeGreaterThan(0)
    // On a busy machine Temporal is too slow for some of them.
    const codes = new Set(responses.filter(({ status }) => status !== 202).map(({ code }) => code))
    expect([...codes].filter((code) => code !== 'overloaded' && code !== 'temporal-unavailable')).toEqual([])
  })
})

describe('while Temporal accepts connections but does not answer', () => {
  async function aSilentTemporal(): Promise<string> {
    const sockets = new Set<Socket>()
    const server = createServer((socket) => sockets.add(socket.on('error', () => {})))
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    onTestFinished(() => {
      for (const socket of sockets) socket.destroy()
      server.close()
    })
    return `127.0.0.1:${(server.address() as AddressInfo).port}`
  }

  it('answers 503 overloaded early to events without a slot, and every request within 3.5 s', async () => {
    const silent = await aSilentTemporal()
    const postAll = async (request: () => Request) => {
      // An API for each attempt, since it uses fewer slots after Temporal has not answered. More requests would keep this process
      // itself busy for longer than the limit.
      const { url } = await aServer({}, silent)
      const requests = Array.from({ length: 250 }, request)
      return await Promise.all(requests.map((each) => post(url, each)))
    }
    const slowest = (responses: { tookMs: number }[]) => Math.max(...responses.map(({ tookMs }) => tookMs))
    // The time that this machine itself needs: the API answers them at once, without Temporal.
    const ownMs = slowest(await postAll(unsigned))
    const { result: responses } = await quickest(3_500 + ownMs, () => postAll(registration))

    expect(responses.filter(({ status }) => status !== 503)).toEqual([])
    expect(slowest(responses)).toBeLessThan(3_500 + Math.max(1_500, 2 * ownMs))
    const early = responses.filter(({ code }) => code === 'overloaded')
    // How many find no slot depends on how fast they arrive.
    expect(early.length).toBeGreaterThan(0)
    expect(slowest(early)).toBeLessThan(3_000 + 2 * ownMs)
  })

  it('answers 503 to operators without waiting for the events', async () => {
    const api = await aServer({}, await aSilentTemporal())
    const askDuring = async (request: () => Request, ask: () => Promise<void>) => {
      const events = Promise.all(Array.from({ length: 300 }, () => post(api.url, request())))
      const startedAt = performance.now()
      await ask()
      const tookMs = performance.now() - startedAt
      await events
      return { tookMs }
    }
    const list = async () => {
      const response = await fetch(`${api.url}/v1/customers`, {
        headers: { authorization: `Bearer ${OPERATOR_TOKEN}` },
      })
      expect(await response.json()).toMatchObject({ code: 'temporal-unavailable' })
    }
    // The time that this machine itself needs for so many requests.
    const { tookMs: ownMs } = await askDuring(unsigned, async () => expect(await api.isLive()).toBe(true))
    const { tookMs } = await untilQuick(3_500 + ownMs, () => askDuring(registration, list))
    expect(tookMs).toBeLessThan(3_500 + ownMs)
    expect(await api.isLive()).toBe(true)
  })

  it('answers 401 at once to unsigned events, which get no slot and do not wait for one', async () => {
    const api = await aServer({}, await aSilentTemporal())
    const events: Promise<unknown>[] = []
    const noSlotIsFree = /onramp_requests\{lane="events",state="waiting"\} [1-9]/
    // On a busy machine the first slots are free again before the last event arrives, so that more events are needed.
    const fillSlots = async () => {
      events.push(...Array.from({ length: EVENTS.concurrency + 1 }, () => post(api.url, registration())))
      await expect.poll(() => apiRegistry.getSingleMetricAsString('onramp_requests')).toMatch(noSlotIsFree)
    }
    await expect
      .poll(
        () =>
          fillSlots().then(
            () => 'full',
            () => 'not full',
          ),
        { interval: 10 },
      )
      .toBe('full')

    const responses = await Promise.all(Array.from({ length: 100 }, () => post(api.url, unsigned())))
    expect(responses.filter(({ status }) => status !== 401)).toEqual([])
    await Promise.all(events)
  })

  it('is checked once for all concurrent requests to /health/ready', async () => {
    const { app, client } = testApi({ address: await aSilentTemporal() })
    const count = vi.spyOn(client.workflow, 'count')
    const responses = await Promise.all(Array.from({ length: 100 }, async () => await app.request('/health/ready')))
    expect(new Set(responses.map(({ status }) => status))).toEqual(new Set([503]))
    expect(count).toHaveBeenCalledTimes(1)
  })
})

describe('while Temporal is over its rate limit', () => {
  const UNIMPLEMENTED = 12

  /** Rejects every call. It does not implement GetSystemInfo, like old servers, so that the client does not call that again. */
  async function aThrottledTemporal() {
    const calls: string[] = []
    const server = createHttp2Server()
    server.on('stream', (stream, { ':path': path = '' }) => {
      const isSystemInfo = path.endsWith('/GetSystemInfo')
      if (!isSystemInfo) calls.push(path)
      const status = isSystemInfo ? UNIMPLEMENTED : GRPC.resourceExhausted
      stream.respond(
        {
          ':status': 200,
          'content-type': 'application/grpc',
          'grpc-status': String(status),
          'grpc-message': 'namespace rate limit exceeded',
        },
        { endStream: true },
      )
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    onTestFinished(() => void server.close())
    return { address: `127.0.0.1:${(server.address() as AddressInfo).port}`, calls }
  }

  it('answers 200 to /health/ready, since Temporal answers and events may still be stored', async () => {
    const { app } = testApi({ address: (await aThrottledTemporal()).address })
    expect((await app.request('/health/ready')).status).toBe(200)
  })

  it('answers 503 to an event within 3.5 s, after at most three calls to Temporal', async () => {
    const temporal = await aThrottledTemporal()
    const api = await aServer({}, temporal.address)
    const { tookMs } = await quickest(3_500, async () => {
      temporal.calls.length = 0
      expect(await post(api.url, registration())).toMatchObject({ status: 503, code: 'temporal-unavailable' })
    })
    expect(tookMs).toBeLessThan(3_500)
    expect(temporal.calls.length).toBeGreaterThan(0)
    expect(temporal.calls.length).toBeLessThanOrEqual(3)
  })
})
