// Asks a worker a question by a short workflow, since only workers have access to HubSpot and to their own memory.

import type { Client, WorkflowHandle } from '@temporalio/client'
import { askTemporal } from './ask-temporal.ts'

// Longer than anybody waits for the answer.
const EXECUTION_TIMEOUT = '5 seconds'
const DELETE_WITHIN_MS = 300

export interface Question {
  /** The workflow type. */
  workflow: string
  workflowId: string
  args: unknown[]
  taskQueue: string
  /** When the caller stops waiting, in milliseconds since the epoch. */
  answerBy: number
}

/**
 * Returns the result of the workflow, and deletes its history.
 *
 * @throws Problem 503 `no-worker`, `temporal-unavailable`
 */
export async function askWorkflow<Answer>(
  client: Client,
  { workflow, answerBy, ...options }: Question,
): Promise<Answer> {
  const start = async () =>
    await client.workflow.start(workflow, { ...options, workflowExecutionTimeout: EXECUTION_TIMEOUT })
  const handle = await askTemporal(client, start, { answerBy, starts: true })
  try {
    const result = async () => (await handle.result()) as Answer
    return await askTemporal(client, result, { needsWorker: true, answerBy })
  } finally {
    await deleteHistory(client, handle)
  }
}

/**
 * Deletes the history, which may hold personal data, and ends the workflow if it still runs. The answer does not depend on it:
 * after a failure Temporal deletes the history at the end of its retention.
 */
async function deleteHistory(client: Client, { workflowId }: WorkflowHandle): Promise<void> {
  const { namespace } = client.options
  const request = { namespace, workflowExecution: { workflowId } }
  const deletion = async () => await client.workflowService.deleteWorkflowExecution(request)
  await Promise.allSettled([client.withDeadline(Date.now() + DELETE_WITHIN_MS, deletion)])
}
