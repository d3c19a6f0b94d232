// The API on a port: what one connection may cost us, and how what is not HTTP is answered.

import { createServer, STATUS_CODES } from 'node:http'
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { getRequestListener, RequestError } from '@hono/node-server'
import type { Hono } from 'hono'
import { metrics } from '../platform/metrics.ts'
import { refusal } from './problems/refusals.ts'
import type { Refusal } from './problems/refusals.ts'

export interface ConnectionLimits {
  /** From the first byte of a request, or from the connection, until its headers are there. */
  headersTimeoutMs: number
  /** From the first byte of a request until its last. */
  requestTimeoutMs: number
  /** How often the two above are looked at; a cut may come so much later. */
  checkEveryMs: number
  /** How long a connection is kept between two requests. */
  keepAliveTimeoutMs: number
  /** How long a connection may be without a byte in either direction while a request is being answered. */
  silenceTimeoutMs: number
  /** Longest request line and headers together. */
  headerBytes: number
  headers: number
  connections: number
}

export const CONNECTION_LIMITS: ConnectionLimits = {
  // An honest sender's headers come in one packet; three seconds let that be sent twice again by TCP (after 1 s and 2 s).
  headersTimeoutMs: 3_000,
  // The largest body, 64 KiB, at 13 KiB/s. Whoever is slower holds a connection for nothing.
  requestTimeoutMs: 5_000,
  checkEveryMs: 500,
  // Load balancers keep connections for 60 s (nginx and AWS by default); the side that sends must be the one that gives up,
  // or requests meet a connection that is being closed.
  keepAliveTimeoutMs: 65_000,
  // Every request is answered within 3.5 s, so this only ends connections whose other end does not read or is gone.
  silenceTimeoutMs: 10_000,
  // Node's own default. A webhook's headers are below 1 KiB, signatures of five secrets and a proxy's traces included.
  headerBytes: 16 * 1024,
  headers: 100,
  // What bounds memory, beside the thousand events that may wait (middleware/admission.ts): each connection may hold what the
  // kernel hands over at a time, 64 KiB, so all of them 125 MiB.
  connections: 2_000,
}

/** `port` 0 takes any free one. */
interface Address {
  host: string
  port: number
}

interface RunningServer extends Address {
  server: Server
  /** Takes no more connections, ends each with the answer that is under way or at once, and resolves when all have ended. */
  stop: () => Promise<void>
}

/**
 * Returns once it listens, with where it does.
 *
 * @throws Error when the port cannot be had
 */
export async function startServer(
  app: Pick<Hono, 'fetch'>,
  { host, port }: Address,
  limits: ConnectionLimits = CONNECTION_LIMITS,
): Promise<RunningServer> {
  const answer = getRequestListener((request, env) => app.fetch(request, env), {
    errorHandler: (error) => refusal(error instanceof RequestError ? 'bad-request' : 'internal'),
  })
  // The newest request of each connection, which is answered before the connection is closed.
  const newest = new WeakMap<Duplex, ServerResponse>()
  const underWay = new Set<ServerResponse>()
  // Connections before their first request, which Node does not count as idle.
  const unused = new Set<Socket>()
  function serve(request: IncomingMessage, response: ServerResponse): void {
    unused.delete(request.socket)
    newest.set(request.socket, response)
    underWay.add(response)
    response.once('close', () => underWay.delete(response))
    // Whoever sends without a pause would otherwise keep a server that stops for good.
    if (!server.listening) response.setHeader('connection', 'close')
    if (request.rawHeaders.length / 2 > limits.headers) void refuse(request, response)
    else void answer(request, response)
  }
  const server = createServer(optionsOf(limits), serve)
  server.timeout = limits.silenceTimeoutMs
  // Node drops headers beyond its limit without a word; one more than ours lets us see that there are too many.
  server.maxHeadersCount = limits.headers + 1
  server.maxConnections = limits.connections
  // Otherwise a sender that has closed its half after the request would get no answer. Node has it, its types do not.
  Object.assign(server, { httpAllowHalfOpen: true })

  server.on('connection', (socket) => {
    unused.add(socket)
    socket.once('close', () => unused.delete(socket))
  })
  server.on('clientError', (error, socket) => void answerBrokenRequest(error, socket, newest.get(socket)))
  // Who wants a tunnel is told that this is none; what else a sender expects, its request's answer says.
  server.on('connect', (_, socket) => void answerAndClose(socket, 'bad-request'))
  server.on('checkExpectation', serve)
  // When all places are taken, those who say nothing make room for the next ones.
  server.on('drop', () => {
    metrics.brokenRequests.inc({ outcome: 'too-many-connections' })
    server.closeIdleConnections()
  })

  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, resolve)
  })
  const { address, port: bound } = server.address() as AddressInfo
  async function stop(): Promise<void> {
    const stopped = new Promise<void>((resolve) => server.close(() => resolve()))
    for (const socket of unused) socket.destroy()
    for (const response of underWay) if (!response.headersSent) response.setHeader('connection', 'close')
    await stopped
  }
  return { server, host: address, port: bound, stop }
}

function optionsOf(limits: ConnectionLimits) {
  return {
    headersTimeout: limits.headersTimeoutMs,
    requestTimeout: limits.requestTimeoutMs,
    connectionsCheckingInterval: limits.checkEveryMs,
    keepAliveTimeout: limits.keepAliveTimeoutMs,
    maxHeaderSize: limits.headerBytes,
    // A missing Host is answered as a problem, too, by the listener.
    requireHostHeader: false,
  }
}

async function refuse(request: IncomingMessage, response: ServerResponse): Promise<void> {
  metrics.brokenRequests.inc({ outcome: 'headers-too-large' satisfies Refusal })
  const { status, headers, body } = await inFull('headers-too-large')
  response.writeHead(status, headers).end(body)
  request.resume()
}

/** What Node could not read, or not in time. `response` is that of the connection's newest request. */
async function answerBrokenRequest(
  error: NodeJS.ErrnoException,
  socket: Duplex,
  response: ServerResponse | undefined,
): Promise<void> {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy()
    return
  }
  const isUnderWay = response !== undefined && !response.writableFinished && !response.destroyed
  if (isUnderWay && response.req.complete) {
    // What is broken came after a whole request, whose answer must not be taken for that of the broken one.
    if (!response.headersSent) response.setHeader('connection', 'close')
    return
  }
  if (isUnderWay && response.headersSent) {
    socket.destroy()
    return
  }
  await answerAndClose(socket, refusalOf(error.code))
}

function refusalOf(code: string | undefined): Refusal {
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') return 'too-slow'
  return code === 'HPE_HEADER_OVERFLOW' ? 'headers-too-large' : 'bad-request'
}

async function answerAndClose(socket: Duplex, code: Refusal): Promise<void> {
  metrics.brokenRequests.inc({ outcome: code })
  const { status, headers, body } = await inFull(code)
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`)
  const answer = [`HTTP/1.1 ${status} ${STATUS_CODES[status]}`, ...lines, '', body].join('\r\n')
  // Not only ended: who never closes the other half would keep the connection.
  socket.end(answer, () => socket.destroy())
}

/** For where there is no framework to write it. */
async function inFull(code: Refusal) {
  const response = await refusal(code)
  const body = await response.text()
  const headers = { ...Object.fromEntries(response.headers), 'content-length': String(Buffer.byteLength(body)) }
  return { status: response.status, headers, body }
}
