// Temporal's JSON converter without decoding errors: a payload that cannot be decoded becomes a marker (G7).

import { defaultPayloadConverter } from '@temporalio/common'
import type { PayloadConverter } from '@temporalio/common'
import type { Undecodable } from '../../domain/undecodable.ts'

/**
 * An error while decoding a signal fails the workflow task, and Temporal retries that task without end. So one broken payload
 * would block a customer. The codec replaces a payload that it cannot decrypt with one that cannot be decoded (payload-codec.ts).
 * Client, worker and workflow bundle load this file by path and need the exported name.
 */
export const payloadConverter: PayloadConverter = {
  toPayload: (value) => defaultPayloadConverter.toPayload(value),
  fromPayload<T>(payload: Parameters<PayloadConverter['fromPayload']>[0]): T {
    try {
      return defaultPayloadConverter.fromPayload<T>(payload)
    } catch {
      const marker: Undecodable = { undecodable: true }
      return marker as T
    }
  },
}
