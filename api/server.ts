// The API on a port: what one connection may cost us, and how what is not HTTP is answered.

import { createServer, STATUS_CODES } from 'node:http'
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Duplex } from 'node:stream'
import { getRequestListener, RequestError } from '@hono/node-server'
import type { Hono } from 'hono'
import { metrics } from '../platform/metrics.ts'
import { problemDetails } from './middleware/problem.ts'
import type { ProblemOptions } from './middleware/problem.ts'

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
  // What bounds memory: a connection reads one request at a time, so bodies take at most 2,000 × 64 KiB = 125 MiB.
  connections: 2_000,
}

/** `port` 0 takes any free one. */
interface Address {
  host: string
  port: number
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
): Promise<{ server: Server } & Address> {
  const answer = getRequestListener((request, env) => app.fetch(request, env), {
    errorHandler: (error) => responseTo(error instanceof RequestError ? BAD_REQUEST : INTERNAL),
  })
  // The newest request of each connection, which is answered before the connection is closed.
  const newest = new WeakMap<Duplex, ServerResponse>()
  const server = createServer(optionsOf(limits), (request, response) => {
    newest.set(request.socket, response)
    if (request.rawHeaders.length / 2 > limits.headers) refuse(request, response)
    else void answer(request, response)
  })
  server.timeout = limits.silenceTimeoutMs
  // Node drops headers beyond its limit without a word; one more than ours lets us see that there are too many.
  server.maxHeadersCount = limits.headers + 1
  server.maxConnections = limits.connections
  // Otherwise a sender that has closed its half after the request would get no answer. Node has it, its types do not.
  Object.assign(server, { httpAllowHalfOpen: true })

  server.on('clientError', (error, socket) => answerBrokenRequest(error, socket, newest.get(socket)))
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
  return { server, host: address, port: bound }
}

type RawProblem = Pick<ProblemOptions, 'code' | 'detail'> & { status: number }

const BAD_REQUEST: RawProblem = {
  status: 400,
  code: 'bad-request',
  detail: 'This is not a request that HTTP/1.1 knows, or it has ended in the middle.',
}
const TOO_SLOW: RawProblem = { status: 408, code: 'too-slow', detail: 'The request did not arrive in time.' }
const HEADERS_TOO_LARGE: RawProblem = {
  status: 431,
  code: 'headers-too-large',
  detail: 'The headers are too many or too large.',
}
const INTERNAL: RawProblem = { status: 500, code: 'internal', detail: 'Something broke on our side. Try again.' }

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

function refuse(request: IncomingMessage, response: ServerResponse): void {
  metrics.brokenRequests.inc({ outcome: HEADERS_TOO_LARGE.code })
  const { status } = HEADERS_TOO_LARGE
  response.writeHead(status, { ...PROBLEM_TYPE, connection: 'close' }).end(bodyOf(HEADERS_TOO_LARGE))
  request.resume()
}

/** What Node could not read, or not in time. `response` is that of the connection's newest request. */
function answerBrokenRequest(error: NodeJS.ErrnoException, socket: Duplex, response: ServerResponse | undefined): void {
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
  const problem = problemOf(error.code)
  metrics.brokenRequests.inc({ outcome: problem.code })
  // Not only ended: who never closes the other half would keep the connection.
  socket.end(rawAnswer(problem), () => socket.destroy())
}

function problemOf(code: string | undefined): RawProblem {
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') return TOO_SLOW
  return code === 'HPE_HEADER_OVERFLOW' ? HEADERS_TOO_LARGE : BAD_REQUEST
}

const PROBLEM_TYPE = { 'content-type': 'application/problem+json' }

function bodyOf(problem: RawProblem): string {
  return JSON.stringify(problemDetails(problem))
}

function responseTo(problem: RawProblem): Response {
  return new Response(bodyOf(problem), { status: problem.status, headers: { ...PROBLEM_TYPE, connection: 'close' } })
}

function rawAnswer(problem: RawProblem): string {
  const body = bodyOf(problem)
  return [
    `HTTP/1.1 ${problem.status} ${STATUS_CODES[problem.status]}`,
    `content-type: ${PROBLEM_TYPE['content-type']}`,
    `content-length: ${Buffer.byteLength(body)}`,
    'connection: close',
    '',
    body,
  ].join('\r\n')
}
