// Reads the values in the payloads of a history, which are encrypted.

import type { Client } from '@temporalio/client'
import type { Payload } from '@temporalio/common'
import { decodeArrayFromPayloads } from '@temporalio/common/lib/internal-non-workflow/index.js'

/** @throws when the client lacks a key, or a payload is not of this workflow */
export async function valuesOf(
  { options }: Client,
  workflowId: string,
  payloads: Payload[] | null | undefined,
): Promise<unknown[]> {
  const context = { type: 'workflow' as const, namespace: options.namespace, workflowId }
  return await decodeArrayFromPayloads(options.loadedDataConverter, payloads, context)
}
