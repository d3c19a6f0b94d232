// Sends HTTP requests to HubSpot, with a deadline, cancellation, keep-alive, headers, and a limit on the body.

import { ResponseContext } from '@hubspot/api-client/lib/codegen/crm/contacts/index.js'
import { Agent, request as httpRequest } from 'undici'
import { HubSpotError } from './hubspot-error.ts'
import type { ApiVersion } from './endpoints.ts'
import { pathFor } from './endpoints.ts'
import { sendings } from './sending.ts'

export interface TransportOptions {
  accessToken: string
  apiVersion: ApiVersion
  /** Deadline of one call, its body included. */
  timeoutMs: number
}

export type Transport = ReturnType<typeof createTransport>

/** A request of the SDK's generated classes; the types of its modules differ in name only. */
interface SdkRequest {
  getUrl(): string
  getHttpMethod(): string
  getHeaders(): Record<string, string>
  getBody(): unknown
}
// The largest response, a batch of 100 pages of 500 associations, has about 9 MB.
const BODY_LIMIT_BYTES = 16 * 1024 * 1024

/**
 * Creates the transport for the official SDK. The SDK's own has no deadline and no cancellation, and the whole process shares
 * its retries.
 *
 * `send` throws `HubSpotError` unless the response is a readable success. So the SDK never throws an error of its own, which
 * would hold the body and the headers (G11).
 */
export function createTransport({ accessToken, apiVersion, timeoutMs }: TransportOptions) {
  // The scheduler sends no more than 64 requests at a time.
  const agent = new Agent({ connections: 64, keepAliveTimeout: 30_000, headersTimeout: 0, bodyTimeout: 0 })

  async function send(request: SdkRequest): Promise<ResponseContext> {
    const url = new URL(request.getUrl())
    url.pathname = pathFor(apiVersion, url.pathname)
    const deadline = AbortSignal.timeout(timeoutMs)
    const sending = sendings.getStore()
    const cancelled = sending?.signal

    try {
      sending?.onRequest()
      const response = await httpRequest(url, {
        method: request.getHttpMethod() as 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE',
        headers: { ...request.getHeaders(), 'user-agent': 'onramp', authorization: `Bearer ${accessToken}` },
        body: (request.getBody() as string | undefined) ?? null,
        signal: cancelled ? AbortSignal.any([deadline, cancelled]) : deadline,
        dispatcher: agent,
      })
      const headers = headersOf(response.headers)
      const { statusCode } = response
      sending?.onResponse(statusCode, headers)
      return readable(request.getHttpMethod(), url.pathname, { statusCode, headers }, await read(response.body))
    } catch (error) {
      if (error instanceof HubSpotError) throw error
      throw HubSpotError.unusableResponse(deadline.aborted ? `no response within ${timeoutMs} ms` : codeOf(error))
    }
  }

  return { send, close: () => agent.close() }
}

function headersOf(headers: Record<string, string | string[] | undefined>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, [value ?? ''].flat().join(', ')]))
}

async function read(body: AsyncIterable<Buffer>): Promise<string> {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of body) {
    bytes += chunk.length
    // An error that leaves the loop closes the socket.
    if (bytes > BODY_LIMIT_BYTES)
      throw HubSpotError.unusableResponse(`a response larger than ${BODY_LIMIT_BYTES} bytes`)
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}

/**
 * A success that the SDK can decode. The SDK accepts only the status and content type of its specification; for any other it throws an
 * error that holds the whole body. For onramp, 200, 201 and 207 mean the same, since the body says what came of each row.
 */
function readable(
  method: string,
  path: string,
  { statusCode: status, headers }: { statusCode: number; headers: Record<string, string> },
  text: string,
): ResponseContext {
  if (status < 200 || status > 299) throw new HubSpotError({ status, headers, text })
  const expected = expectedStatus(method, path)
  if (expected !== NO_CONTENT && !isJson(text)) throw HubSpotError.unusableResponse('a response that is not JSON')
  headers['content-type'] = 'application/json'
  const body = { text: async () => text, binary: async () => Buffer.from(text) }
  return new ResponseContext(expected, headers, body)
}

const OK = 200
const CREATED = 201
const NO_CONTENT = 204

/** The status of success in the SDK's specification. */
function expectedStatus(method: string, path: string): number {
  if (method === 'DELETE' || /\/(gdpr-delete|batch\/archive)$/.test(path)) return NO_CONTENT
  const isLabelled = method === 'PUT' && !path.includes('/associations/default/')
  const isCreate = method === 'POST' && !/\/(batch\/(read|update|associate\/default)|search)$/.test(path)
  return isLabelled || isCreate ? CREATED : OK
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}

/** The code of a socket error, such as ECONNRESET; unlike the message, it holds no address. */
function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string'
    ? error.code
    : 'the connection failed'
}
