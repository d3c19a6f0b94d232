// Encrypts the states in the file of a move with PAYLOAD_KEYS, each bound to its customer.

import type { z } from 'zod'
import { onboardingId } from '../domain/ids.ts'
import type { KeyRing } from '../platform/payloads/key-ring.ts'
import { EncryptingCodec } from '../platform/payloads/payload-codec.ts'
import { payloadConverter } from '../platform/payloads/payload-converter.ts'
import { fromJson, toJson } from '../platform/payloads/remote-decoding.ts'
import type { JsonPayload } from '../platform/payloads/remote-decoding.ts'

/** The format of the file. In an encrypted state it stands where Temporal's payloads have the namespace. */
export const FORMAT = 'onramp customers 1'

/** The states in a file belong to no namespace of Temporal, so that any other one can import them. */
export class StateCodec {
  readonly #codec: EncryptingCodec

  constructor(ring: KeyRing) {
    this.#codec = new EncryptingCodec({ ring, namespace: FORMAT, unreadableMessages: 'fail' })
  }

  async encrypt(customerId: string, state: object): Promise<z.output<typeof JsonPayload>> {
    const workflowId = onboardingId(customerId)
    const context = { type: 'workflow' as const, namespace: FORMAT, workflowId }
    const [payload] = await this.#codec.encode([payloadConverter.toPayload(state)!], context)
    return toJson(payload!)
  }

  /** @returns the state, or why it cannot be read */
  decrypt(customerId: string, payload: z.output<typeof JsonPayload>): { state: object } | { problem: string } {
    const read = this.#codec.read(fromJson(payload), onboardingId(customerId))
    if (!('cause' in read)) return { state: payloadConverter.fromPayload(read) }
    if (read.cause === 'unknown-key')
      return { problem: `PAYLOAD_KEYS has no key ${read.keyId}, or another key with this id` }
    if (read.cause === 'clear') return { problem: 'the state is not encrypted, and PAYLOAD_KEYS has no `none`' }
    return { problem: 'the state was changed or truncated, or belongs to another customer' }
  }
}
