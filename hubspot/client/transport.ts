// The one way to HubSpot: deadline, cancellation, keep-alive, headers, and a body that cannot fill the memory.

import { ResponseContext } from '@hubspot/api-client/lib/codegen/crm/contacts/index.js'
import { Agent, request as httpRequest } from 'undici'
import { HubSpotError } from './hubspot-error.ts'
import type { ApiVersion } from './endpoints.ts'
import { pathFor } from './endpoints.ts'

export interface TransportOptions {
  accessToken: string
  apiVersion: ApiVersion
  /** Deadline of one call, its body included. */
  timeoutMs: number
  /** The signal that ends a call early, when there is one: that of the activity in whose name the call is made. */
  cancellation?: () => AbortSignal | undefined
}

/** What the SDK's generated classes hand over, of any of its modules: their own types differ in name only. */
interface SdkRequest {
  getUrl(): string
  getHttpMethod(): string
  getHeaders(): Record<string, string>
  getBody(): unknown
}
// The largest honest answers, batches of 100 records with their properties, stay below 1 MiB.
const BODY_LIMIT_BYTES = 8 * 1024 * 1024

/**
 * Makes the transport under the official SDK, which has no deadline, no cancellation, and retries that are shared by
 * the whole process.
 *
 * `send` throws `HubSpotError` for every answer but a success that can be read, so the SDK, whose errors hold bodies
 * and headers, never has a reason to throw.
 */
export function createTransport({ accessToken, apiVersion, timeoutMs, cancellation }: TransportOptions) {
  // Above HubSpot's 19 to 25 calls a second; each waits for its answer on a connection of its own.
  const agent = new Agent({ connections: 64, keepAliveTimeout: 30_000, headersTimeout: 0, bodyTimeout: 0 })

  async function send(request: SdkRequest): Promise<ResponseContext> {
    const url = new URL(request.getUrl())
    url.pathname = pathFor(apiVersion, url.pathname)
    const deadline = AbortSignal.timeout(timeoutMs)
    const cancelled = cancellation?.()

    try {
      const answer = await httpRequest(url, {
        method: request.getHttpMethod() as 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE',
        headers: { ...request.getHeaders(), 'user-agent': 'onramp', authorization: `Bearer ${accessToken}` },
        body: (request.getBody() as string | undefined) ?? null,
        signal: cancelled ? AbortSignal.any([deadline, cancelled]) : deadline,
        dispatcher: agent,
      })
      return readable(request.getHttpMethod(), url.pathname, answer, await read(answer.body))
    } catch (error) {
      if (error instanceof HubSpotError) throw error
      throw HubSpotError.withoutResponse(deadline.aborted ? `no response within ${timeoutMs} ms` : codeOf(error))
    }
  }

  return { send, close: () => agent.close() }
}

async function read(body: AsyncIterable<Buffer>): Promise<string> {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of body) {
    bytes += chunk.length
    // Leaving the loop closes the socket.
    if (bytes > BODY_LIMIT_BYTES) throw HubSpotError.withoutResponse(`a response larger than ${BODY_LIMIT_BYTES} bytes`)
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}

/**
 * A success as the SDK can decode it. It only knows the exact status and content type of the specification, and throws
 * an error with the whole body in it for any other; to us 200 and 201 are the same good news.
 */
function readable(
  method: string,
  path: string,
  answer: { statusCode: number; headers: Record<string, string | string[] | undefined> },
  text: string,
): ResponseContext {
  const { statusCode: status } = answer
  const headers = Object.fromEntries(
    Object.entries(answer.headers).map(([name, value]) => [name, [value ?? ''].flat().join(', ')]),
  )
  if (status < 200 || status > 299) throw new HubSpotError({ status, headers, text })
  const expected = expectedStatus(method, path)
  if (expected !== NO_CONTENT && !isJson(text)) throw HubSpotError.withoutResponse('a response that is not JSON')
  headers['content-type'] = 'application/json'
  const body = { text: async () => text, binary: async () => Buffer.from(text) }
  return new ResponseContext(status === MULTI_STATUS ? status : expected, headers, body)
}

const OK = 200
const CREATED = 201
const NO_CONTENT = 204
const MULTI_STATUS = 207

/** The one success that the SDK's specification has for a call. */
function expectedStatus(method: string, path: string): number {
  if (method === 'DELETE' || path.endsWith('/gdpr-delete')) return NO_CONTENT
  const isLabelled = method === 'PUT' && !path.includes('/associations/default/')
  const isCreate = method === 'POST' && !/\/(batch\/\w+|search)$/.test(path)
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

/** The code of a socket error, such as ECONNRESET: enough to know what happened, and free of addresses. */
function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string'
    ? error.code
    : 'the connection failed'
}
