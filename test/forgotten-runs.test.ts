// What is left of a customer who was erased, where Temporal's index lags behind: a double of Temporal's API that tells late.

import { expect, it, vi } from 'vitest'
import type { WorkflowService } from '@temporalio/client'
import { createHistories } from '../worker/histories.ts'

vi.mock('@temporalio/activity', () => ({
  Context: {
    current: () => ({
      info: { workflowNamespace: 'default', workflowExecution: { workflowId: 'onboarding/cus_1', runId: 'run_3' } },
      heartbeat: () => {},
      sleep: async () => {},
    }),
  },
}))

/** Three runs of one chain; `listed` is what the index shows at each look. */
function temporal(listed: string[][]) {
  const deleted: string[] = []
  const before: { [run: string]: string } = { run_3: 'run_2', run_2: 'run_1' }
  const looks = listed.values()
  const service = {
    getWorkflowExecutionHistory: async ({ execution }: { execution: { runId: string } }) => ({
      history: {
        events: [
          { workflowExecutionStartedEventAttributes: { continuedExecutionRunId: before[execution.runId] ?? '' } },
        ],
      },
    }),
    listWorkflowExecutions: async () => ({
      executions: (looks.next().value ?? []).map((runId) => ({ execution: { runId } })),
      nextPageToken: new Uint8Array(),
    }),
    deleteWorkflowExecution: async (request: { workflowExecution: { runId: string } }) => {
      deleted.push(request.workflowExecution.runId)
    },
  }
  return { deleted, service: service as unknown as WorkflowService }
}

it('the runs that led to the erasure go, also while the index shows none of them', async () => {
  const { service, deleted } = temporal([])
  await createHistories(service).deleteEarlierRuns()
  expect(deleted).toEqual(['run_2', 'run_1'])
})

it('a run of an earlier life goes also when the index shows it at the second look', async () => {
  const { service, deleted } = temporal([['run_2'], ['run_2', 'run_of_another_life'], []])
  await createHistories(service).deleteEarlierRuns()
  expect(deleted).toEqual(['run_2', 'run_1', 'run_of_another_life'])
})
