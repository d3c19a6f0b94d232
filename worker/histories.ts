// Deletes the Temporal histories of an onboarding's earlier runs, for an erased customer.

import { ApplicationFailure, Context } from '@temporalio/activity'
import type { WorkflowService } from '@temporalio/client'
import { HEARTBEAT_MS } from '../activities/attempt.ts'
import { explain } from '../domain/attention.ts'
import { CRM_REJECTION } from '../domain/failures.ts'
import type { Rejection } from '../domain/failures.ts'
import type { Histories } from '../domain/histories.ts'
import { GRPC, grpcCode, isHistoryDeleted } from '../platform/temporal.ts'

interface WorkflowRun {
  workflowId: string
  runId: string
}

// Visibility may be late, so the deletion ends only when two lists in a row show no further run.
const LIST_AGAIN_MS = 1000
const EMPTY_LISTS = 2

// Temporal's enum values of a closed run: completed, failed, cancelled, terminated, continued as new, timed out.
const CLOSED: unknown[] = [2, 3, 4, 5, 6, 7]

/** @param workflowService Temporal's API on the worker's connection */
export function createHistories(workflowService: WorkflowService): Histories {
  return {
    async deleteEarlierRuns() {
      const context = Context.current()
      const heartbeats = setInterval(() => context.heartbeat(), HEARTBEAT_MS)
      try {
        await deleteEarlierRuns(workflowService, context)
      } catch (error) {
        throw grpcCode(error) === GRPC.permissionDenied ? notAllowed() : error
      } finally {
        clearInterval(heartbeats)
      }
    },
  }
}

/** Ends the retries, and shows the erasure under attention. Every other error of Temporal is retried. */
function notAllowed(): ApplicationFailure {
  const rejection: Rejection = { ...explain('histories-not-deleted'), fields: [], correlationId: null }
  const { message } = rejection
  return ApplicationFailure.create({ type: CRM_REJECTION, message, nonRetryable: true, details: [rejection] })
}

async function deleteEarlierRuns(service: WorkflowService, context: Context): Promise<void> {
  const { workflowNamespace: namespace, workflowExecution: current } = context.info
  if (namespace === undefined || current === undefined) throw new Error('Only a workflow has earlier runs.')

  const deleted = new Set([current.runId])
  const deleteRun = async (workflowExecution: WorkflowRun) => {
    // After a cancellation, another attempt or even a newer run may already be at work, so this attempt stops.
    if (context.cancellationSignal.aborted) await context.cancelled
    await service.deleteWorkflowExecution({ namespace, workflowExecution }).catch(ignoreNotFound)
    deleted.add(workflowExecution.runId)
  }

  // Each run that continued as new names its predecessor, so we find these runs without Visibility. The oldest run is deleted
  // first, so that an attempt after a failure still finds the others.
  const chain: WorkflowRun[] = []
  let run = await previousRun(service, namespace, current)
  for (; run !== null; run = await previousRun(service, namespace, run)) chain.unshift(run)
  for (const previous of chain) await deleteRun(previous)

  // Runs that completed (idle) are not part of that chain, so only Visibility lists them.
  for (let emptyLists = 0, isFirst = true; emptyLists < EMPTY_LISTS; isFirst = false) {
    if (!isFirst) await context.sleep(LIST_AGAIN_MS)
    emptyLists += 1
    for (const { status, ...listed } of await listRuns(service, namespace, current.workflowId)) {
      if (deleted.has(listed.runId)) continue
      // An open run can only be newer than this run. A deletion would terminate it, so open runs are skipped.
      if (!CLOSED.includes(status) && !(await isClosed(service, namespace, listed))) continue
      await deleteRun(listed)
      emptyLists = 0
    }
  }
}

/** The run that continued as new into this one; `null` when there was none, or when this run is deleted. */
async function previousRun(service: WorkflowService, namespace: string, run: WorkflowRun): Promise<WorkflowRun | null> {
  const { workflowId, runId } = run
  const firstPage = await service
    .getWorkflowExecutionHistory({ namespace, execution: { workflowId, runId }, maximumPageSize: 1 })
    .catch(ignoreDeleted)
  const started = firstPage?.history?.events?.[0]?.workflowExecutionStartedEventAttributes
  return started?.continuedExecutionRunId ? { workflowId, runId: started.continuedExecutionRunId } : null
}

/** All runs in Visibility, each with the enum value of its status there. */
async function listRuns(service: WorkflowService, namespace: string, workflowId: string) {
  const query = `WorkflowId = '${workflowId}'`
  const runs: (WorkflowRun & { status: unknown })[] = []
  let nextPageToken: Uint8Array = new Uint8Array()
  do {
    const page = await service.listWorkflowExecutions({ namespace, query, pageSize: 1000, nextPageToken })
    runs.push(
      ...page.executions.map(({ execution, status }) => ({ workflowId, runId: execution?.runId ?? '', status })),
    )
    nextPageToken = page.nextPageToken
  } while (nextPageToken.length > 0)
  return runs
}

/** Asks Temporal for the status itself, since Visibility may show a closed run as running. A deleted run is closed. */
async function isClosed(service: WorkflowService, namespace: string, { workflowId, runId }: WorkflowRun) {
  const run = await service
    .describeWorkflowExecution({ namespace, execution: { workflowId, runId } })
    .catch(ignoreNotFound)
  return run === undefined || CLOSED.includes(run.workflowExecutionInfo?.status)
}

function ignoreNotFound(error: unknown): undefined {
  if (grpcCode(error) !== GRPC.notFound) throw error
}

function ignoreDeleted(error: unknown): undefined {
  if (!isHistoryDeleted(error)) throw error
}
