// The keys of payloads that the tests run with, and readers of what they encrypt.

import type { Client } from '@temporalio/client'
import { decodeOptionalFailureToOptionalError } from '@temporalio/common/lib/internal-non-workflow/index.js'
import { parseKeyRing } from '../../platform/payloads/key-ring.ts'
import { EncryptingCodec } from '../../platform/payloads/payload-codec.ts'
import type { KeyRing } from '../../platform/payloads/key-ring.ts'

/** PAYLOAD_KEYS of every test that does not say otherwise. */
export const PAYLOAD_KEYS = `test:${Buffer.alloc(32, 7).toString('base64')}`

/** Another key with another id. */
export const OTHER_KEY = `other:${Buffer.alloc(32, 8).toString('base64')}`

/** The ring of a value of PAYLOAD_KEYS. */
export function ringOf(payloadKeys: string): KeyRing {
  const ring = parseKeyRing(payloadKeys.split(' '))
  if ('problems' in ring) throw new Error(ring.problems.join())
  return ring
}

/** The codec of an API. */
export function testCodec(payloadKeys = PAYLOAD_KEYS, namespace = 'default'): EncryptingCodec {
  return new EncryptingCodec({ ring: ringOf(payloadKeys), namespace, unreadableMessages: 'fail' })
}

type Failure = Parameters<typeof decodeOptionalFailureToOptionalError>[1]

/** The message of a failure in Temporal, which is encrypted; `undefined` for no failure. */
export async function messageOf(
  { options }: Client,
  workflowId: string,
  failure: Failure,
): Promise<string | undefined> {
  const context = { type: 'workflow' as const, namespace: options.namespace, workflowId }
  return (await decodeOptionalFailureToOptionalError(options.loadedDataConverter, failure, context))?.message
}
