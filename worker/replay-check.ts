// Replays running customers on workflow code, before Temporal hands them over to its workers.

import { DefaultLogger, Runtime, Worker } from '@temporalio/worker'
import type { Client } from '@temporalio/client'
import { dataConverter } from '../platform/payloads/data-converter.ts'
import type { KeyRing } from '../platform/payloads/key-ring.ts'
import { isHistoryDeleted } from '../platform/temporal.ts'
import { progressSinks } from './progress.ts'

// Some sixty histories replay in a second. A release that does not fit, fits few of the customers.
const SAMPLE = 300

export interface Replayed {
  checked: number
  /** The workflow ids of those who would be stuck on this code. */
  unfit: string[]
  /** The ids of keys that their histories need and the ring does not have: nobody knows whether these histories fit. */
  missingKeys: string[]
}

/**
 * @param query the customers, of whom the newest 300 are replayed
 * @param code the bundle of the workflow code
 */
export async function replay(
  client: Client,
  { query, code, payloadKeys }: { query: string; code: string; payloadKeys: KeyRing },
): Promise<Replayed> {
  const missingKeys = new Set<string>()
  // The SDK logs each history that does not fit, with its payloads.
  Runtime.install({ logger: new DefaultLogger('ERROR', () => {}), telemetryOptions: { logging: { forward: {} } } })
  const options = {
    workflowBundle: { code },
    sinks: progressSinks(),
    dataConverter: dataConverter({
      ring: payloadKeys,
      namespace: client.options.namespace,
      unreadableMessages: 'mark',
      onUnreadable: ({ cause, keyId }) => {
        if (cause === 'unknown-key') missingKeys.add(keyId ?? '')
      },
    }),
  }
  const result = { checked: 0, unfit: [] as string[] }
  for await (const { workflowId, error } of Worker.runReplayHistories(options, histories(client, query))) {
    result.checked += 1
    if (error !== undefined) result.unfit.push(workflowId)
  }
  return { ...result, missingKeys: [...missingKeys] }
}

async function* histories(client: Client, query: string) {
  let count = 0
  for await (const { workflowId, runId } of client.workflow.list({ query })) {
    if (count === SAMPLE) return
    count += 1
    try {
      const history = await client.workflow.getHandle(workflowId, runId).fetchHistory()
      yield { workflowId, history }
    } catch (error) {
      // The list lags behind, and an erasure deletes histories.
      if (!isHistoryDeleted(error)) throw error
    }
  }
}
