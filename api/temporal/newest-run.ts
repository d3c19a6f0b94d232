// The newest run of a customer's workflow: a worker answers for an open run, and the run's result for a completed one.

import { WorkflowNotFoundError } from '@temporalio/client'
import type { Client, WorkflowExecutionDescription, WorkflowHandle } from '@temporalio/client'
import { onboardingId } from '../../domain/ids.ts'
import { isHistoryDeleted } from '../../platform/temporal.ts'
import { isStateOf } from '../../workflows/customer/completed-run.ts'
import type { StoredState } from '../../workflows/customer/state.ts'
import { Problem } from '../problems/problem.ts'
import { askTemporal } from './ask-temporal.ts'
import { explainSilence } from './stuck-workflow.ts'

interface NewestRun {
  handle: WorkflowHandle
  run: WorkflowExecutionDescription
  /** The customer's state when the run has completed (idle); `null` for any other run. */
  state: StoredState | null
}

/**
 * Describes the newest run of a customer, and then asks it.
 *
 * @throws Problem 404 `unknown-customer` when the customer has no run, 503 `no-worker` when no worker answers
 */
export async function askNewestRun<T>(
  client: Client,
  customerId: string,
  ask: (newest: NewestRun) => Promise<T>,
): Promise<T> {
  const workflowId = onboardingId(customerId)
  const handle = client.workflow.getHandle(workflowId)
  const askRun = async () => {
    const run = await handle.describe()
    const state = run.status.name === 'COMPLETED' ? await stateOfCompleted(client, customerId, run.runId) : null
    return await ask({ handle, run, state })
  }
  return await explainSilence(client, workflowId, () => askTemporal(client, askRun, { needsWorker: true }))
}

/**
 * The customer's state, which is the result of a completed run; `null` when the run has no such result.
 *
 * @throws Problem 404 `unknown-customer` when Temporal deletes the run in this moment
 */
export async function stateOfCompleted(client: Client, customerId: string, runId: string): Promise<StoredState | null> {
  const reading = client.workflow.getHandle(onboardingId(customerId), runId).result()
  const result: unknown = await reading.catch((error: unknown) => {
    throw isHistoryDeleted(error) ? new Problem('unknown-customer') : error
  })
  return isStateOf(customerId, result) ? result : null
}

/** `null` when Temporal has no run of the customer. */
export async function newestRun(client: Client, customerId: string): Promise<WorkflowExecutionDescription | null> {
  try {
    return await client.workflow.getHandle(onboardingId(customerId)).describe()
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return null
    throw error
  }
}
