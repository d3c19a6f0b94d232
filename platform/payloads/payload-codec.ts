// The payload codec of client and worker: encrypts what Temporal stores, and decides about what it cannot decrypt.

import { ApplicationFailure } from '@temporalio/common'
import type { Payload, PayloadCodec, SerializationContext } from '@temporalio/common'
import { isKeyId } from './key-ring.ts'
import type { KeyRing } from './key-ring.ts'
import { isSealed, labelOf, open, seal } from './sealed-payload.ts'

/**
 * Why a payload cannot be read. `unknown-key`: the ring has no key with its id, or another key. `clear`: it is not encrypted.
 * `other-workflow`: it was encrypted for another workflow. `forged`: it was changed or truncated.
 */
export type UnreadableCause = 'unknown-key' | 'clear' | 'other-workflow' | 'forged'

export interface Unreadable {
  cause: UnreadableCause
  /** The key that the payload names; `null` when it names none. */
  keyId: string | null
  /** The workflow that got the payload; `null` when the SDK does not say. */
  workflowId: string | null
}

export interface PayloadCodecOptions {
  ring: KeyRing
  namespace: string
  /**
   * What becomes of a message to a workflow that cannot be read, though its key is known. `mark`: the workflow gets a marker, so that a
   * sender cannot block it (G7). `fail`: the call fails.
   */
  unreadableMessages: 'mark' | 'fail'
  /** Called for each payload that cannot be read. */
  onUnreadable?: (unreadable: Unreadable) => void
}

/** The payload converter reads no such encoding, so it hands the marker `Undecodable` to the workflow. */
const MARKER: Payload = { metadata: { encoding: Buffer.from('binary/undecodable') }, data: new Uint8Array() }

/** The failure type of a payload whose key is missing; the key's id follows. A failure's type is always readable in Temporal. */
const UNKNOWN_KEY = 'UnknownPayloadKey:'

/** What the server itself writes, in clear, when it cancels an activity that waits for its next attempt. */
const NOT_STARTED = '"ACTIVITY_ID_NOT_STARTED"'

export class EncryptingCodec implements PayloadCodec {
  readonly #options: PayloadCodecOptions

  constructor(options: PayloadCodecOptions) {
    this.#options = options
  }

  async encode(payloads: Payload[], context?: SerializationContext): Promise<Payload[]> {
    const { ring, namespace } = this.#options
    const { encrypting } = ring
    if (encrypting === null) return payloads
    const place = { namespace, workflowId: context?.workflowId ?? null }
    return payloads.map((payload) => seal(payload, encrypting, place))
  }

  /**
   * @throws ApplicationFailure `UnknownPayloadKey:<id>` for a missing key: without it nothing can be decided, so the caller has to
   * repeat the call until the key is there; `UnreadablePayload` for any other payload that cannot be read, but for those that
   * `unreadableMessages` marks
   */
  async decode(payloads: Payload[], context?: SerializationContext): Promise<Payload[]> {
    return payloads.map((payload) => {
      if (context?.type === 'activity' && isOfServer(payload)) return payload
      const read = this.read(payload, context?.workflowId ?? null)
      return 'cause' in read ? this.#insteadOf(read, context) : read
    })
  }

  /**
   * The payload in clear, or why it cannot be read.
   *
   * @param workflowId the workflow that the payload has to be of; `null` accepts the workflow that it names
   */
  read(payload: Payload, workflowId: string | null): Payload | Unreadable {
    const { ring, namespace } = this.#options
    const unreadable = (cause: UnreadableCause, keyId: string | null) => ({ cause, keyId, workflowId })
    if (!isSealed(payload)) return ring.readsClear ? payload : unreadable('clear', null)
    const label = labelOf(payload)
    if (label === null || !isKeyId(label.keyId)) return unreadable('forged', null)
    const key = ring.keys.get(label.keyId)
    // A payload of another key with this id must not count as forged: somebody mixed up two keys, and no event may be lost (G1).
    if (key?.check !== label.keyCheck) return unreadable('unknown-key', label.keyId)
    const isOfOther = workflowId !== null && label.workflowId !== null && label.workflowId !== workflowId
    if (isOfOther) return unreadable('other-workflow', label.keyId)
    return open(payload, key, { namespace, workflowId: label.workflowId }) ?? unreadable('forged', label.keyId)
  }

  #insteadOf(unreadable: Unreadable, context?: SerializationContext): Payload {
    const { unreadableMessages, onUnreadable } = this.#options
    onUnreadable?.(unreadable)
    const { cause, keyId } = unreadable
    if (cause === 'unknown-key') throw unknownKey(keyId ?? '')
    // The result of an activity is no message: the workflow must not go on without it.
    if (context?.type === 'workflow' && unreadableMessages === 'mark') return MARKER
    throw ApplicationFailure.create({ type: 'UnreadablePayload', message: `A payload cannot be read: ${cause}.` })
  }
}

function isOfServer({ data }: Payload): boolean {
  return data !== null && data !== undefined && Buffer.from(data).equals(Buffer.from(NOT_STARTED))
}

function unknownKey(keyId: string): ApplicationFailure {
  const message = `PAYLOAD_KEYS has no key ${keyId}, or another key with this id. Temporal repeats this until the key is there.`
  return ApplicationFailure.create({ type: `${UNKNOWN_KEY}${keyId}`, message })
}

/**
 * The failure type of a missing key in the encoded details of a gRPC error; `null` when it is none. As in every text of Protocol
 * Buffers, the byte before it is its length.
 */
export function missingKeyTypeIn(details: Buffer): string | null {
  const start = details.indexOf(UNKNOWN_KEY)
  return start < 1 ? null : details.toString('utf8', start, start + (details[start - 1] ?? 0))
}

/** The id of the missing key when that is what the failure type says, else `null`. */
export function missingKeyIn(failureType: string | null | undefined): string | null {
  return failureType?.startsWith(UNKNOWN_KEY) ? failureType.slice(UNKNOWN_KEY.length) : null
}
