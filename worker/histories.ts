// What Temporal keeps of an onboarding's past, and how it is made to forget it.

import { Context } from '@temporalio/activity'
import type { WorkflowService } from '@temporalio/client'
import type { Histories } from '../domain/histories.ts'
import { GRPC, grpcCode } from '../platform/temporal.ts'

interface WorkflowRun {
  workflowId: string
  runId: string
}

// Temporal's index may lag, so that the past counts as gone only when some looks in a row have found nothing of it.
const LOOK_AGAIN_MS = 1000
const LOOKS_WITHOUT_NEWS = 2

/** @param workflowService Temporal's API, on the worker's own connection */
export function createHistories(workflowService: WorkflowService): Histories {
  return {
    async deleteEarlierRuns() {
      const context = Context.current()
      const { workflowNamespace: namespace, workflowExecution: current } = context.info
      if (namespace === undefined || current === undefined) throw new Error('Only a workflow has earlier runs.')

      const deleted = new Set([current.runId])
      const forget = async (runs: WorkflowRun[]) => {
        const news = runs.filter(({ runId }) => !deleted.has(runId))
        for (const workflowExecution of news) {
          context.heartbeat()
          await workflowService.deleteWorkflowExecution({ namespace, workflowExecution }).catch(unlessGone)
          deleted.add(workflowExecution.runId)
        }
        return news.length > 0
      }

      // The runs that led to this one are known by name, the last of them with all that it handed over.
      await forget(await runsBefore(workflowService, namespace, current))
      // Those of earlier lives have ended long ago, and only the index knows them.
      for (let looks = 0; looks < LOOKS_WITHOUT_NEWS; looks += 1) {
        if (looks > 0) await context.sleep(LOOK_AGAIN_MS)
        if (await forget(await listedRuns(workflowService, namespace, current.workflowId))) looks = 0
      }
    },
  }
}

async function runsBefore(service: WorkflowService, namespace: string, current: WorkflowRun): Promise<WorkflowRun[]> {
  const runs: WorkflowRun[] = []
  let run = await runBefore(service, namespace, current)
  for (; run !== null; run = await runBefore(service, namespace, run)) runs.push(run)
  return runs
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

async function listedRuns(service: WorkflowService, namespace: string, workflowId: string): Promise<WorkflowRun[]> {
  const query = `WorkflowId = '${workflowId}'`
  const runs: WorkflowRun[] = []
  let nextPageToken: Uint8Array = new Uint8Array()
  do {
    const page = await service.listWorkflowExecutions({ namespace, query, pageSize: 1000, nextPageToken })
    runs.push(...page.executions.map(({ execution }) => ({ workflowId, runId: execution?.runId ?? '' })))
    nextPageToken = page.nextPageToken
  } while (nextPageToken.length > 0)
  return runs
}

function unlessGone(error: unknown): undefined {
  if (grpcCode(error) !== GRPC.notFound) throw error
}
