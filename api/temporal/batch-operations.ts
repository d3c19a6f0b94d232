// Batch operations of Temporal, which does one thing to many runs at its own pace, also when this process ends.

import type { Client, WorkflowService } from '@temporalio/client'
import { optionalTsToMs } from '@temporalio/common/lib/time.js'
import { GRPC, grpcCode } from '../../platform/temporal.ts'
import { Problem } from '../problems/problem.ts'

// Temporal's enum values of the state of a batch operation.
const RUNNING = 1
const STATES: { [state: number]: BatchProgress['state'] } = { [RUNNING]: 'running', 2: 'completed', 3: 'failed' }

type Request = Parameters<WorkflowService['startBatchOperation']>[0]

/** What Temporal is to do, to which runs, and why. */
export type BatchOperation = Pick<Request, 'signalOperation' | 'resetOperation' | 'maxOperationsPerSecond'> &
  Record<'jobId' | 'visibilityQuery' | 'reason', string>

export interface BatchProgress {
  state: 'running' | 'completed' | 'failed'
  total: number
  done: number
  failed: number
  /** When it started, by Temporal's clock. */
  since: string
}

/** @throws Problem 503 `resume-running`: Temporal runs one batch operation per namespace at a time */
export async function startBatch({ workflowService, options }: Client, operation: BatchOperation): Promise<void> {
  const { namespace } = options
  // Temporal rejects a second batch operation with the code of an overload. The client would retry that until the deadline.
  const { operationInfo } = await workflowService.listBatchOperations({ namespace, pageSize: 100 })
  if (operationInfo.some(({ state }) => state === RUNNING)) throw new Problem('resume-running')
  await workflowService.startBatchOperation({ namespace, ...operation })
}

/** `null` for a job that Temporal does not know, or has deleted. */
export async function batchProgress(
  { workflowService, options }: Client,
  jobId: string,
): Promise<BatchProgress | null> {
  try {
    const described = await workflowService.describeBatchOperation({ namespace: options.namespace, jobId })
    const { state, startTime, totalOperationCount, completeOperationCount, failureOperationCount } = described
    return {
      state: STATES[state] ?? 'running',
      total: Number(totalOperationCount),
      done: Number(completeOperationCount),
      failed: Number(failureOperationCount),
      since: new Date(optionalTsToMs(startTime) ?? 0).toISOString(),
    }
  } catch (error) {
    if (grpcCode(error) === GRPC.notFound) return null
    throw error
  }
}
