// What Temporal keeps of an onboarding's past, and how it is made to forget it.

import { Context } from '@temporalio/activity'
import type { WorkflowService } from '@temporalio/client'
import type { Histories } from '../domain/histories.ts'

// A run that has just ended is listed a moment later, so that the last look finds nothing that was not there before.
const LOOK_AGAIN_MS = 1000

/** @param workflowService Temporal's API, on the worker's own connection */
export function createHistories(workflowService: WorkflowService): Histories {
  return {
    async deleteEarlierRuns() {
      const context = Context.current()
      const { workflowNamespace: namespace, workflowExecution: current } = context.info
      if (namespace === undefined || current === undefined) throw new Error('Only a workflow has earlier runs.')

      const query = `WorkflowId = '${current.workflowId}'`
      const deleted = new Set([current.runId])
      for (let isNew = true; isNew; await context.sleep(LOOK_AGAIN_MS)) {
        context.heartbeat()
        const earlier = (await runsOf(workflowService, namespace, query)).filter(
          ({ runId }) => !deleted.has(runId ?? ''),
        )
        for (const workflowExecution of earlier) {
          await workflowService.deleteWorkflowExecution({ namespace, workflowExecution })
          deleted.add(workflowExecution.runId ?? '')
        }
        isNew = earlier.length > 0
      }
    },
  }
}

async function runsOf(workflowService: WorkflowService, namespace: string, query: string) {
  const runs = []
  let nextPageToken: Uint8Array = new Uint8Array()
  do {
    const page = await workflowService.listWorkflowExecutions({ namespace, query, pageSize: 1000, nextPageToken })
    runs.push(...page.executions.flatMap(({ execution }) => execution ?? []))
    nextPageToken = page.nextPageToken
  } while (nextPageToken.length > 0)
  return runs
}
