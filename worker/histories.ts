// What Temporal keeps of an onboarding's past, and how it is made to forget it.

import { setTimeout as sleep } from 'node:timers/promises'
import { Context } from '@temporalio/activity'
import type { WorkflowService } from '@temporalio/client'
import type { Histories } from '../domain/histories.ts'

// A run that has just ended is listed a moment later.
const LOOK_AGAIN_MS = 1000

/** @param workflowService Temporal's API, on the worker's own connection */
export function createHistories(workflowService: WorkflowService): Histories {
  return {
    async deleteEarlierRuns() {
      const { workflowNamespace: namespace, workflowExecution } = Context.current().info
      if (namespace === undefined || workflowExecution === undefined)
        throw new Error('Only a workflow has earlier runs.')
      const query = `WorkflowId = '${workflowExecution.workflowId}'`
      const isEarlier = (runId: string | null | undefined) => runId !== workflowExecution.runId
      for (let looks = 0; looks < 2; looks += 1) {
        const { executions } = await workflowService.listWorkflowExecutions({ namespace, query, pageSize: 1000 })
        for (const { execution } of executions) {
          if (!execution || !isEarlier(execution.runId)) continue
          await workflowService.deleteWorkflowExecution({ namespace, workflowExecution: execution })
          looks = 0
        }
        await sleep(LOOK_AGAIN_MS)
      }
    },
  }
}
