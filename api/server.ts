// Serves the API on a port: limits of connections and requests, and responses to requests that are not valid HTTP.

import { createServer, STATUS_CODES } from 'node:http'
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { getRequestListener, RequestError } from '@hono/node-server'
import type { Hono } from 'hono'
import { metrics } from '../platform/metrics.ts'
import { rejection } from './problems/rejected-requests.ts'
import type { RejectionCode } from './problems/rejected-requests.ts'

export interface ConnectionLimits {
  /** Maximum time until the headers are complete, from the first byte of the request or the start of the connection. */
  headersTimeoutMs: number
  /** Maximum time from the first byte of a request to its last. */
  requestTimeoutMs: number
  /** How often Node checks the two timeouts above; a connection may close this much later. */
  checkEveryMs: number
  /** How long a connection may be idle between two requests. */
  keepAliveTimeoutMs: number
  /** How long a connection may transfer no byte in either direction during a request. */
  silenceTimeoutMs: number
  /** Maximum size of request line and headers together. */
  headerBytes: number
  headers: number
  connections: number
}

export const CONNECTION_LIMITS: ConnectionLimits = {
  // The headers of an honest sender fit in one packet. Three seconds allow TCP two retransmissions (after 1 s and 2 s).
  headersTimeoutMs: 3_000,
  // Enough for the largest body, 64 KiB, at 13 KiB/s.
  requestTimeoutMs: 5_000,
  checkEveryMs: 500,
  // Load balancers keep idle connections for 60 s (the default of nginx and AWS). The load balancer must close first. Otherwise
  // it may send a request on a connection that we are closing.
  keepAliveTimeoutMs: 65_000,
  // Every request is answered within 3.5 s, so this closes only connections whose other end does not read or is gone.
  silenceTimeoutMs: 10_000,
  // Node's default. The headers of a webhook are below 1 KiB, even with signatures of five secrets and a proxy's trace headers.
  headerBytes: 16 * 1024,
  headers: 100,
  // Limits memory, as does the limit of waiting events (middleware/concurrency-limit.ts). Each connection may hold one read of
  // 64 KiB, so all connections together hold at most 125 MiB.
  connections: 2_000,
}

/** `port` 0 means any free port. */
interface Address {
  host: string
  port: number
}

interface RunningServer extends Address {
  server: Server
  /** Accepts no new connections, closes each connection after its open response, and resolves when all are closed. */
  stop: () => Promise<void>
}

/**
 * Resolves when the server listens. The result has the server's address.
 *
 * @throws Error when the port is not available
 */
export async function startServer(
  app: Pick<Hono, 'fetch'>,
  { host, port }: Address,
  limits: ConnectionLimits = CONNECTION_LIMITS,
): Promise<RunningServer> {
  const respond = getRequestListener((request, env) => app.fetch(request, env), {
    errorHandler: (error) => rejection(error instanceof RequestError ? 'bad-request' : 'internal'),
  })
  // The response to the newest request of each connection; it is sent before the connection closes.
  const newest = new WeakMap<Duplex, ServerResponse>()
  const openResponses = new Set<ServerResponse>()
  // Connections that have had no request so far. Node does not count them as idle.
  const unused = new Set<Socket>()
  function serve(request: IncomingMessage, response: ServerResponse): void {
    unused.delete(request.socket)
    newest.set(request.socket, response)
    openResponses.add(response)
    response.once('close', () => openResponses.delete(response))
    // Otherwise a sender without pauses would keep a stopping server alive forever.
    if (!server.listening) response.setHeader('connection', 'close')
    if (request.rawHeaders.length / 2 > limits.headers) void rejectHeaders(request, response)
    else void respond(request, response)
  }
  const server = createServer(optionsOf(limits), serve)
  server.timeout = limits.silenceTimeoutMs
  // Node silently drops headers beyond its limit. Its limit is one above ours, so that we notice when there are too many.
  server.maxHeadersCount = limits.headers + 1
  server.maxConnections = limits.connections
  // Without this option a sender that closes its half after the request gets no response. Node's types lack the option.
  Object.assign(server, { httpAllowHalfOpen: true })

  server.on('connection', (socket) => {
    unused.add(socket)
    socket.once('close', () => unused.delete(socket))
  })
  server.on('clientError', (error, socket) => void rejectBrokenRequest(error, socket, newest.get(socket)))
  server.on('connect', (_, socket) => void rejectAndClose(socket, 'bad-request'))
  // A request with an unknown `Expect` header is answered like any other.
  server.on('checkExpectation', serve)
  // At the limit of connections, idle ones close to make room for new ones.
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
    for (const response of openResponses) {
      // A stream of events has no end of its own. The browser connects to another API.
      if (response.req.headers.accept?.includes('text/event-stream')) response.destroy()
      else if (!response.headersSent) response.setHeader('connection', 'close')
    }
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
    // The listener answers a missing Host header with a problem document.
    requireHostHeader: false,
  }
}

async function rejectHeaders(request: IncomingMessage, response: ServerResponse): Promise<void> {
  metrics.brokenRequests.inc({ outcome: 'headers-too-large' satisfies RejectionCode })
  const { status, headers, body } = await readRejection('headers-too-large')
  response.writeHead(status, headers).end(body)
  request.resume()
}

/**
 * Handles a request that Node could not parse, or that was not complete in time. `response` is the one to the newest request of
 * the connection.
 */
async function rejectBrokenRequest(
  error: NodeJS.ErrnoException,
  socket: Duplex,
  response: ServerResponse | undefined,
): Promise<void> {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy()
    return
  }
  const isOpen = response !== undefined && !response.writableFinished && !response.destroyed
  if (isOpen && response.req.complete) {
    // The broken bytes follow a complete request. The response to that request must not become the response to the broken bytes.
    if (!response.headersSent) response.setHeader('connection', 'close')
    return
  }
  if (isOpen && response.headersSent) {
    socket.destroy()
    return
  }
  await rejectAndClose(socket, rejectionCodeOf(error.code))
}

function rejectionCodeOf(code: string | undefined): RejectionCode {
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') return 'too-slow'
  return code === 'HPE_HEADER_OVERFLOW' ? 'headers-too-large' : 'bad-request'
}

async function rejectAndClose(socket: Duplex, code: RejectionCode): Promise<void> {
  metrics.brokenRequests.inc({ outcome: code })
  const { status, headers, body } = await readRejection(code)
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`)
  const response = [`HTTP/1.1 ${status} ${STATUS_CODES[status]}`, ...lines, '', body].join('\r\n')
  // `end` closes only our half; the other side might never close its own.
  socket.end(response, () => socket.destroy())
}

/** The status, headers and body of a rejection, to write them without the framework. */
async function readRejection(code: RejectionCode) {
  const response = await rejection(code)
  const body = await response.text()
  const headers = { ...Object.fromEntries(response.headers), 'content-length': String(Buffer.byteLength(body)) }
  return { status: response.status, headers, body }
}
