// The encrypted form of a payload: AES-256-GCM over the whole payload, bound to a namespace and a workflow.

import { createCipheriv, createDecipheriv, randomFillSync } from 'node:crypto'
import type { Payload } from '@temporalio/common'
import protobuf from 'protobufjs/light.js'
import type { PayloadKey } from './key-ring.ts'

/** The value of `encoding` in an encrypted payload's metadata; Temporal's own samples use the same. */
const ENCRYPTED = 'binary/encrypted'

/** Where a payload belongs. Its key authenticates both, so that the payload of another workflow does not decrypt. */
export interface PayloadPlace {
  namespace: string
  /** `null` for a payload of the whole namespace, such as the one of a batch signal, which many workflows get. */
  workflowId: string | null
}

/** What an encrypted payload says of itself, in clear. A sender can write anything here; only `open` proves it. */
export interface Label {
  keyId: string
  keyCheck: string
  workflowId: string | null
}

const ALGORITHM = 'aes-256-gcm'
const NONCE_BYTES = 12
const TAG_BYTES = 16

const NAMES = {
  encoding: 'encoding',
  keyId: 'encryption-key-id',
  keyCheck: 'key-check',
  workflowId: 'workflow-id',
} as const

const ENCODING_BYTES = Buffer.from(ENCRYPTED)

// temporal.api.common.v1.Payload, without its field about external storage, which onramp does not use.
const PayloadMessage = new protobuf.Type('Payload')
  .add(new protobuf.MapField('metadata', 1, 'string', 'bytes'))
  .add(new protobuf.Field('data', 2, 'bytes'))

/** Encrypts a payload. The random nonces allow 2^32 payloads with one key (NIST SP 800-38D, section 8.3). */
export function seal(payload: Payload, key: PayloadKey, place: PayloadPlace): Payload {
  const nonce = nextNonce()
  const cipher = createCipheriv(ALGORITHM, key.secret, nonce, { authTagLength: TAG_BYTES })
  cipher.setAAD(boundTo(place))
  const encrypted = cipher.update(PayloadMessage.encode(payload).finish())
  cipher.final()
  return {
    metadata: {
      [NAMES.encoding]: ENCODING_BYTES,
      [NAMES.keyId]: Buffer.from(key.id),
      [NAMES.keyCheck]: Buffer.from(key.check),
      ...(place.workflowId !== null && { [NAMES.workflowId]: Buffer.from(place.workflowId) }),
    },
    data: Buffer.concat([nonce, encrypted, cipher.getAuthTag()]),
  }
}

/** @returns `null` when the payload was changed, truncated, or encrypted for another place or with another key */
export function open({ data }: Payload, key: PayloadKey, place: PayloadPlace): Payload | null {
  if (!data || data.length < NONCE_BYTES + TAG_BYTES) return null
  const nonce = data.subarray(0, NONCE_BYTES)
  const decipher = createDecipheriv(ALGORITHM, key.secret, nonce, { authTagLength: TAG_BYTES })
  decipher.setAAD(boundTo(place))
  decipher.setAuthTag(data.subarray(-TAG_BYTES))
  try {
    const bytes = decipher.update(data.subarray(NONCE_BYTES, -TAG_BYTES))
    decipher.final()
    return PayloadMessage.decode(bytes) as unknown as Payload
  } catch {
    return null
  }
}

/** Whether the payload says that it is encrypted. */
export function isSealed(payload: Payload): boolean {
  return textOf(payload, NAMES.encoding) === ENCRYPTED
}

/** @returns `null` when the payload names no key, so that it is not ours */
export function labelOf(payload: Payload): Label | null {
  const keyId = textOf(payload, NAMES.keyId)
  const keyCheck = textOf(payload, NAMES.keyCheck)
  return keyId === null || keyCheck === null ? null : { keyId, keyCheck, workflowId: textOf(payload, NAMES.workflowId) }
}

function textOf({ metadata }: Payload, name: string): string | null {
  const bytes = metadata?.[name]
  return bytes ? Buffer.from(bytes).toString('utf8') : null
}

/** The additional authenticated data. JSON keeps two places apart for any characters in their names. */
function boundTo({ namespace, workflowId }: PayloadPlace): Buffer {
  return Buffer.from(JSON.stringify([namespace, workflowId]))
}

// One call for many nonces: a call for each costs as much as the encryption of a small payload.
const pool = Buffer.alloc(NONCE_BYTES * 256)
let used = pool.length

function nextNonce(): Buffer {
  if (used === pool.length) {
    randomFillSync(pool)
    used = 0
  }
  const nonce = Buffer.from(pool.subarray(used, used + NONCE_BYTES))
  used += NONCE_BYTES
  return nonce
}
