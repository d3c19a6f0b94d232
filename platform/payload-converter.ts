// Temporal's own JSON converter, made total: what cannot be decoded becomes a marker instead of an error (G7).

import { defaultPayloadConverter } from '@temporalio/common'
import type { PayloadConverter } from '@temporalio/common'

/** Stands for a payload that nobody could decode. A handler sees it as something it does not understand, and goes on. */
export interface Undecodable {
  undecodable: true
}

/**
 * An error while decoding a signal would fail the workflow task, which Temporal then repeats for ever: one broken
 * payload would stop a customer. Loaded by path into client, worker and workflow bundle, hence the exported name.
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
