// Decodes payloads for the Temporal UI and CLI, in the protocol of Temporal's codec servers.

import type { Payload } from '@temporalio/common'
import { z } from 'zod'
import type { EncryptingCodec } from './payload-codec.ts'

/** A payload in the JSON form of Protocol Buffers. */
export const JsonPayload = z.looseObject({
  metadata: z.record(z.string(), z.base64()).optional(),
  data: z.base64().optional(),
})
type JsonPayload = z.output<typeof JsonPayload>

/** The body of a request and of its response: payloads in the JSON form of Protocol Buffers. */
export const PayloadsBody = z.object({ payloads: z.array(JsonPayload).max(1_000) })
export type PayloadsBody = z.output<typeof PayloadsBody>

/**
 * The same payloads in clear, in the same order. One that cannot be read stays as it is, so that the Temporal UI shows its key id
 * and, beside it, those that can be read.
 */
export function decodePayloads(codec: EncryptingCodec, { payloads }: PayloadsBody): PayloadsBody {
  return {
    payloads: payloads.map((payload) => {
      const read = codec.read(fromJson(payload), null)
      return 'cause' in read ? payload : toJson(read)
    }),
  }
}

export function fromJson({ metadata = {}, data = '' }: JsonPayload): Payload {
  return { metadata: mapped(metadata, fromBase64), data: fromBase64(data) }
}

export function toJson({ metadata, data }: Payload): JsonPayload {
  return { metadata: mapped(metadata ?? {}, toBase64), data: toBase64(data ?? new Uint8Array()) }
}

function mapped<From, To>(values: Record<string, From>, map: (value: From) => To): Record<string, To> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, map(value)]))
}

function fromBase64(text: string): Uint8Array {
  return Buffer.from(text, 'base64')
}

function toBase64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64')
}

/** What a browser may send from the Temporal UI: the headers that the UI sets. */
export const CORS = {
  methods: ['POST', 'OPTIONS'],
  headers: ['content-type', 'x-namespace', 'authorization', 'authorization-extras'],
}

/** The origins of a Temporal UI. On this machine it has two names. */
export function originsOf(temporalUiUrl: string): string[] {
  const { origin, hostname, protocol, port } = new URL(temporalUiUrl)
  const names = ['127.0.0.1', 'localhost']
  return names.includes(hostname)
    ? names.map((name) => `${protocol}//${name}${port === '' ? '' : `:${port}`}`)
    : [origin]
}
