// The front door as a real server: slow, broken and endless requests, and more of them than Temporal takes.

import { createServer as createHttp2Server } from 'node:http2'
import { createServer } from 'node:net'
import type { AddressInfo, Socket } from 'node:net'
import { randomUUID } from 'node:crypto'
import { Hono } from 'hono'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { EVENTS } from '../../api/middleware/admission.ts'
import { CONNECTION_LIMITS, startServer } from '../../api/server.ts'
import type { ConnectionLimits } from '../../api/server.ts'
import { registry } from '../../platform/metrics.ts'
import { GRPC } from '../../platform/temporal.ts'
import { testApi } from '../support/api.ts'
import { openConnection, statusesOf, wireForm } from '../support/connection.ts'
import { OPERATOR_TOKEN, signedRequest } from '../support/sender.ts'

const HEAD = 'POST /webhooks/customers HTTP/1.1\r\nhost: onramp.test\r\ncontent-type: application/json\r\n'

// In the order in which they are sent: sorted by name.
const HEADERS_OF_EVERY_ANSWER =
  /\r\ncontent-security-policy: [^]*\r\nx-content-type-options: nosniff\r\n[^]*\r\nx-request-id: \S+\r\n/

/** So short that a test need not wait, so long that a busy machine does not cut an honest request. */
const IMPATIENT: Partial<ConnectionLimits> = { headersTimeoutMs: 400, requestTimeoutMs: 500, checkEveryMs: 50 }

async function aFrontDoor(limits: Partial<ConnectionLimits> = {}, address?: string) {
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

/** Posts it and reads the answer to its end. */
async function post(url: string, request: Request): Promise<{ status: number; code?: string; tookMs: number }> {
  const begun = performance.now()
  const answer = await fetch(`${url}/webhooks/customers`, {
    method: 'POST',
    headers: request.headers,
    body: await request.text(),
  })
  const { code } = (await answer.json()) as { code?: string }
  return { status: answer.status, tookMs: performance.now() - begun, ...(code !== undefined && { code }) }
}

describe('POST /webhooks/customers answers 413', () => {
  it('to a body without end and without length, and reads no further', async () => {
    const door = await aFrontDoor()
    const connection = openConnection(door.port)
    connection.write(`${HEAD}transfer-encoding: chunked\r\n\r\n`)
    const chunk = `4000\r\n${'x'.repeat(0x4000)}\r\n`
    const writing = setInterval(() => connection.write(chunk), 1)
    await connection.closed
    clearInterval(writing)
    expect(statusesOf(connection.received())).toEqual([413])
    expect(connection.received()).toContain('"code":"too-large"')
    // Of an endless body the kernel's buffers take some, we take hardly more than the limit.
    expect(connection.socket.bytesWritten).toBeLessThan(8 * 1024 * 1024)
  })

  it('to a body that says how large it is before any of it has come', async () => {
    const door = await aFrontDoor()
    const connection = openConnection(door.port)
    connection.write(`${HEAD}content-length: 1000000\r\n\r\n`)
    await connection.closed
    expect(statusesOf(connection.received())).toEqual([413])
  })
})

describe('a request that does not get on', () => {
  it.each([
    ['headers', 'GET /health/live HTTP/1.1\r\nhost: onramp.test\r\n', 'x-more: 1\r\n'],
    ['a body with a length', `${HEAD}content-length: 60000\r\n\r\n`, 'x'],
    ['a body in chunks', `${HEAD}transfer-encoding: chunked\r\n\r\n`, '1\r\nx\r\n'],
  ])('answers 408 and is cut when it dribbles %s', async (_, begin, more) => {
    const door = await aFrontDoor(IMPATIENT)
    const connection = openConnection(door.port)
    connection.write(begin)
    const begun = performance.now()
    const dribbling = setInterval(() => connection.write(more), 20)
    await connection.closed
    clearInterval(dribbling)
    expect(performance.now() - begun).toBeLessThan(2_000)
    expect(statusesOf(connection.received())).toEqual([408])
    expect(connection.received()).toContain('"code":"too-slow"')
    expect(connection.received()).toMatch(HEADERS_OF_EVERY_ANSWER)
    await expect.poll(door.connections).toBe(0)
  })

  it('is cut when it never begins', async () => {
    const door = await aFrontDoor(IMPATIENT)
    const begun = performance.now()
    await openConnection(door.port).closed
    expect(performance.now() - begun).toBeLessThan(2_000)
    await expect.poll(door.connections).toBe(0)
  })

  it('is told to be within a few seconds by the limits that production has', () => {
    const { headersTimeoutMs, requestTimeoutMs, checkEveryMs } = CONNECTION_LIMITS
    expect(headersTimeoutMs + checkEveryMs).toBeLessThan(5_000)
    expect(requestTimeoutMs + checkEveryMs).toBeLessThan(6_000)
  })
})

describe('a request that is broken', () => {
  it.each([
    ['headers that are too large', `x-large: ${'x'.repeat(CONNECTION_LIMITS.headerBytes)}\r\n`],
    ['too many headers', Array.from({ length: 101 }, (_, index) => `x-${index}: 1\r\n`).join('')],
  ])('answers 431 to %s', async (_, headers) => {
    const door = await aFrontDoor()
    const connection = openConnection(door.port)
    connection.write(`GET /health/live HTTP/1.1\r\nhost: onramp.test\r\n${headers}\r\n`)
    await connection.closed
    expect(statusesOf(connection.received())).toEqual([431])
    expect(connection.received()).toContain('"code":"headers-too-large"')
    expect(connection.received()).toMatch(HEADERS_OF_EVERY_ANSWER)
  })

  it.each([
    ['what is not HTTP', 'hello\r\n\r\n'],
    ['a request without host', 'GET /health/live HTTP/1.1\r\nconnection: close\r\n\r\n'],
    ['a host that is none', 'GET /health/live HTTP/1.1\r\nhost: a b\r\n\r\n'],
    ['a length that is none', `${HEAD}content-length: many\r\n\r\n`],
    ['two lengths', `${HEAD}content-length: 2\r\ncontent-length: 3\r\n\r\n{}`],
    ['a length beside chunks', `${HEAD}content-length: 2\r\ntransfer-encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n`],
    ['a chunk whose size is none', `${HEAD}transfer-encoding: chunked\r\n\r\nzz\r\n`],
    ['who wants a tunnel', 'CONNECT hubspot.test:443 HTTP/1.1\r\nhost: hubspot.test:443\r\n\r\n'],
  ])('answers 400 to %s', async (_, text) => {
    const door = await aFrontDoor()
    const connection = openConnection(door.port)
    connection.write(text)
    await connection.closed
    expect(statusesOf(connection.received())).toEqual([400])
    expect(connection.received()).toContain('"code":"bad-request"')
    expect(connection.received()).toMatch(HEADERS_OF_EVERY_ANSWER)
    await expect.poll(door.connections).toBe(0)
  })

  it('is answered as any other when it expects what HTTP does not know', async () => {
    const door = await aFrontDoor()
    const connection = openConnection(door.port)
    connection.write('GET /health/live HTTP/1.1\r\nhost: onramp.test\r\nexpect: wonders\r\nconnection: close\r\n\r\n')
    await connection.closed
    expect(statusesOf(connection.received())).toEqual([200])
  })

  it('does not cost the request before it its answer', async () => {
    const door = await aFrontDoor()
    const connection = openConnection(door.port)
    connection.write(`${await wireForm(registration())}\x00\x01garbage\r\n\r\n`)
    connection.write('more of it')
    await connection.closed
    expect(statusesOf(connection.received())).toEqual([202])
    await expect.poll(door.connections).toBe(0)
  })
})

describe('a sender that closes its half of the connection', () => {
  it('gets its 202 all the same, and the connection ends', async () => {
    const door = await aFrontDoor()
    const connection = openConnection(door.port)
    connection.socket.end(await wireForm(registration()))
    await connection.closed
    expect(statusesOf(connection.received())).toEqual([202])
    await expect.poll(door.connections).toBe(0)
  })

  it('in the middle of a body gets a 400', async () => {
    const door = await aFrontDoor()
    const connection = openConnection(door.port)
    connection.socket.end(`${HEAD}content-length: 100\r\n\r\n{"type":`)
    await connection.closed
    expect(statusesOf(connection.received())).toEqual([400])
    await expect.poll(door.connections).toBe(0)
  })
})

describe('more connections than there are places for', () => {
  it('are turned away, and those that say nothing make room', async () => {
    const door = await aFrontDoor({ connections: 3 })
    const idle = [1, 2, 3].map(() => openConnection(door.port))
    for (const connection of idle) connection.write('GET /health/live HTTP/1.1\r\nhost: onramp.test\r\n\r\n')
    for (const connection of idle) await expect.poll(() => statusesOf(connection.received())).toEqual([200])
    await openConnection(door.port).closed
    await Promise.all(idle.map(({ closed }) => closed))
    expect(await door.isLive()).toBe(true)
  })
})

describe('an answer', () => {
  it('does not say what serves it', async () => {
    const door = await aFrontDoor()
    const { headers } = await fetch(`${door.url}/health/live`)
    expect(headers.has('server')).toBe(false)
    expect(headers.has('x-powered-by')).toBe(false)
  })
})

describe('a front door that is told to stop', () => {
  it('closes its connections at once or with the answer that is under way, though the other side would keep them', async () => {
    const { promise: mayEnd, resolve: end } = Promise.withResolvers<void>()
    let isUnderWay = false
    const app = new Hono().get('/', async (c) => {
      isUnderWay = true
      await mayEnd
      return c.text('the answer')
    })
    const { port, stop } = await startServer(app, { host: '127.0.0.1', port: 0 })
    const [busy, unused] = [openConnection(port), openConnection(port)]
    busy.write('GET / HTTP/1.1\r\nhost: onramp.test\r\n\r\n')
    await expect.poll(() => isUnderWay).toBe(true)

    const begun = performance.now()
    const stopped = stop()
    await unused.closed
    end()
    await Promise.all([stopped, busy.closed])
    expect(performance.now() - begun).toBeLessThan(2_000)
    expect(statusesOf(busy.received())).toEqual([200])
    expect(busy.received()).toMatch(/\r\nconnection: close\r\n[^]*the answer/i)
  })
})

describe('five hundred events at once', () => {
  it('are each answered 202 or 503, and the process answers that it lives', async () => {
    const door = await aFrontDoor()
    const requests = Array.from({ length: 500 }, registration)
    const answering = Promise.all(requests.map((request) => post(door.url, request)))
    expect(await door.isLive()).toBe(true)
    const answers = await answering
    expect(answers.filter(({ status }) => status === 202).length).toBeGreaterThan(0)
    expect(answers.filter(({ status, code }) => status !== 202 && code !== 'overloaded')).toEqual([])
  })
})

describe('while Temporal takes connections and says nothing', () => {
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

  it('answers 503 overloaded early to what has no place, and nothing takes longer than 3.5 s', async () => {
    const door = await aFrontDoor({}, await aSilentTemporal())
    const requests = Array.from({ length: 500 }, registration)
    const answers = await Promise.all(requests.map((request) => post(door.url, request)))

    expect(answers.filter(({ status }) => status !== 503)).toEqual([])
    expect(Math.max(...answers.map(({ tookMs }) => tookMs))).toBeLessThan(3_500)
    const early = answers.filter(({ code }) => code === 'overloaded')
    expect(early.length).toBeGreaterThan(400)
    expect(Math.max(...early.map(({ tookMs }) => tookMs))).toBeLessThan(3_000)
  })

  it('answers 503 to operators as soon as without the events before them', async () => {
    const door = await aFrontDoor({}, await aSilentTemporal())
    const events = Promise.all(Array.from({ length: 300 }, () => post(door.url, registration())))
    const begun = performance.now()
    const list = await fetch(`${door.url}/v1/customers`, { headers: { authorization: `Bearer ${OPERATOR_TOKEN}` } })
    expect(await list.json()).toMatchObject({ code: 'temporal-unavailable' })
    expect(performance.now() - begun).toBeLessThan(3_500)
    expect(await door.isLive()).toBe(true)
    await events
  })

  it('lets what is not signed neither take a place nor wait for one: 401 at once', async () => {
    const door = await aFrontDoor({}, await aSilentTemporal())
    const events = Promise.all(Array.from({ length: EVENTS.concurrency }, () => post(door.url, registration())))
    const active = `onramp_requests{lane="events",state="active"} ${EVENTS.concurrency}`
    await expect.poll(() => registry.getSingleMetricAsString('onramp_requests')).toContain(active)

    const unsigned = () => new Request(registration(), { headers: { 'content-type': 'application/json' } })
    const answers = await Promise.all(Array.from({ length: 100 }, () => post(door.url, unsigned())))
    expect(answers.filter(({ status }) => status !== 401)).toEqual([])
    await events
  })

  it('is asked once by all who want to know at the same time whether it is well', async () => {
    const { app, client } = testApi({ address: await aSilentTemporal() })
    const asked = vi.spyOn(client.workflow, 'count')
    const answers = await Promise.all(Array.from({ length: 100 }, async () => await app.request('/health/ready')))
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([503]))
    expect(asked).toHaveBeenCalledTimes(1)
  })
})

describe('while Temporal says that too much is asked of it', () => {
  const UNIMPLEMENTED = 12

  /** Refuses every call; of what it can do itself it says nothing, as old servers do, so that this is not asked again. */
  async function aThrottledTemporal() {
    const asked: string[] = []
    const server = createHttp2Server()
    server.on('stream', (stream, { ':path': path = '' }) => {
      const isAboutItself = path.endsWith('/GetSystemInfo')
      if (!isAboutItself) asked.push(path)
      const status = isAboutItself ? UNIMPLEMENTED : GRPC.resourceExhausted
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
    return { address: `127.0.0.1:${(server.address() as AddressInfo).port}`, asked }
  }
  it('answers 503 to an event within 3.5 s, and asks no more than three times for it', async () => {
    const temporal = await aThrottledTemporal()
    const door = await aFrontDoor({}, temporal.address)
    const answer = await post(door.url, registration())
    expect(answer).toMatchObject({ status: 503, code: 'temporal-unavailable' })
    expect(answer.tookMs).toBeLessThan(3_500)
    expect(temporal.asked.length).toBeGreaterThan(0)
    expect(temporal.asked.length).toBeLessThanOrEqual(3)
  })
})
