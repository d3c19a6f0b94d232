// What Temporal keeps of an onboarding's past, and how it is made to forget it.

import { Context } from '@temporalio/activity'
import type { WorkflowService } from '@temporalio/client'
import { HEARTBEAT_MS } from '../activities/index.ts'
import type { Histories } from '../domain/histories.ts'
import { GRPC, grpcCode } from '../platform/temporal.ts'

interface WorkflowRun {
  workflowId: string
  runId: string
}

// Temporal's index may lag, so that the past counts as gone only when some looks in a row have found nothing of it.
const LOOK_AGAIN_MS = 1000
const LOOKS_WITHOUT_NEWS = 2

// Temporal's numbers of how a run has ended: completed, failed, cancelled, terminated, continued as new, timed out.
const ENDED: unknown[] = [2, 3, 4, 5, 6, 7]

/** @param workflowService Temporal's API, on the worker's own connection */
export function createHistories(workflowService: WorkflowService): Histories {
  return {
    async deleteEarlierRuns() {
      const context = Context.current()
      const beating = setInterval(() => context.heartbeat(), HEARTBEAT_MS)
      try {
        await deleteEarlierRuns(workflowService, context)
      } finally {
        clearInterval(beating)
      }
    },
  }
}

async function deleteEarlierRuns(service: WorkflowService, context: Context): Promise<void> {
  const { workflowNamespace: namespace, workflowExecution: current } = context.info
  if (namespace === undefined || current === undefined) throw new Error('Only a workflow has earlier runs.')

  const forgotten = new Set([current.runId])
  const forget = async (workflowExecution: WorkflowRun) => {
    // An attempt that Temporal has given up has another one beside it, or even a newer run.
    if (context.cancellationSignal.aborted) await context.cancelled
    await service.deleteWorkflowExecution({ namespace, workflowExecution }).catch(unlessGone)
    forgotten.add(workflowExecution.runId)
  }

  // The runs that led to this one are known by name, the last of them with all that it handed over. Each names the one before,
  // so that the oldest goes first: whoever tries again after half of it still finds the rest.
  const before: WorkflowRun[] = []
  let run = await runBefore(service, namespace, current)
  for (; run !== null; run = await runBefore(service, namespace, run)) before.unshift(run)
  for (const earlier of before) await forget(earlier)

  // Those of earlier lives have ended long ago, and only the index knows them.
  for (let quiet = 0, hasLooked = false; quiet < LOOKS_WITHOUT_NEWS; hasLooked = true) {
    if (hasLooked) await context.sleep(LOOK_AGAIN_MS)
    quiet += 1
    for (const { status, ...listed } of await listedRuns(service, namespace, current.workflowId)) {
      if (forgotten.has(listed.runId)) continue
      // Temporal would end a run that goes on, in order to delete it: that could only be one that has come after this one.
      if (!ENDED.includes(status) && !(await hasEnded(service, namespace, listed))) continue
      await forget(listed)
      quiet = 0
    }
  }
}

/** The run that handed over to this one; `null` when there was none, or when nothing is left of this one. */
async function runBefore(service: WorkflowService, namespace: string, run: WorkflowRun): Promise<WorkflowRun | null> {
  const { workflowId, runId } = run
  const beginning = await service
    .getWorkflowExecutionHistory({ namespace, execution: { workflowId, runId }, maximumPageSize: 1 })
    .catch(unlessGone)
  const started = beginning?.history?.events?.[0]?.workflowExecutionStartedEventAttributes
  return started?.continuedExecutionRunId ? { workflowId, runId: started.continuedExecutionRunId } : null
}

/** All runs that the index shows, each with the number of its status there. */
async function listedRuns(service: WorkflowService, namespace: string, workflowId: string) {
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

/** What the index calls running may have ended; the run itself says so. One that is gone has. */
async function hasEnded(service: WorkflowService, namespace: string, { workflowId, runId }: WorkflowRun) {
  const run = await service.describeWorkflowExecution({ namespace, execution: { workflowId, runId } }).catch(unlessGone)
  return run === undefined || ENDED.includes(run.workflowExecutionInfo?.status)
}

function unlessGone(error: unknown): undefined {
  if (grpcCode(error) !== GRPC.notFound) throw error
}
