// Decodes payloads for the Temporal UI of this stack, at a path that nobody can guess, so that the UI needs no token.

import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'
import { createServer } from 'node:http'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import type { KeyRing } from '../../../platform/payloads/key-ring.ts'
import { EncryptingCodec } from '../../../platform/payloads/payload-codec.ts'
import { CORS, decodePayloads, originsOf, PayloadsBody } from '../../../platform/payloads/remote-decoding.ts'
import { DECODE_LIMIT_BYTES } from '../../../domain/limits.ts'

/**
 * Starts the decoder on a loopback port of its own, since the API may listen on all addresses. The path is new with each start.
 *
 * @returns the endpoint for the Temporal UI, which adds `/decode` to it
 */
export async function startPayloadDecoder(options: {
  ring: KeyRing
  namespace: string
  /** The address of the only page that may ask. */
  uiUrl: string
}): Promise<string> {
  const codec = new EncryptingCodec({ ...options, unreadableMessages: 'fail' })
  const endpoint = `/codec/${randomBytes(24).toString('base64url')}`
  const origins = originsOf(options.uiUrl)
  const server = createServer((request, response) => {
    const [path = ''] = (request.url ?? '').split('?')
    if (!isEqual(path, `${endpoint}/decode`)) return void response.writeHead(404).end()
    const { origin } = request.headers
    response.setHeader('vary', 'origin')
    if (origin !== undefined && origins.includes(origin)) {
      response.setHeader('access-control-allow-origin', origin)
      response.setHeader('access-control-allow-methods', CORS.methods.join(', '))
      response.setHeader('access-control-allow-headers', CORS.headers.join(', '))
    }
    if (request.method === 'OPTIONS') return void response.writeHead(204).end()
    if (request.method !== 'POST') return void response.writeHead(405, { allow: CORS.methods.join(', ') }).end()
    void answer(codec, request, response)
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(0, '127.0.0.1', resolve)
  })
  // It ends with the launcher.
  server.unref()
  const { port } = server.address() as AddressInfo
  return `http://127.0.0.1:${port}${endpoint}`
}

async function answer(codec: EncryptingCodec, request: IncomingMessage, response: ServerResponse): Promise<void> {
  // A body without a length, or with a longer one, is not read.
  const length = Number(request.headers['content-length'] ?? Infinity)
  if (!(length <= DECODE_LIMIT_BYTES)) return void response.writeHead(413, { connection: 'close' }).end()
  try {
    const body = PayloadsBody.parse(JSON.parse(await text(request)))
    const json = JSON.stringify(decodePayloads(codec, body))
    response.writeHead(200, { 'content-type': 'application/json', 'cache-control': 'no-store' }).end(json)
  } catch {
    response.writeHead(400).end()
  }
}

/** Takes the same time for any path, so that the time reveals nothing of the right one. */
function isEqual(one: string, other: string): boolean {
  const digestOf = (value: string) => createHash('sha256').update(value).digest()
  return timingSafeEqual(digestOf(one), digestOf(other))
}
