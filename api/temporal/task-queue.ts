// The task queue as Temporal sees it: who polls it, and what waits in it.

import type { Client } from '@temporalio/client'
import { presentPollers } from '../../platform/pollers.ts'
import { askTemporal } from './ask-temporal.ts'

// Temporal's enum values of the two kinds of tasks.
const KINDS = { workflow: 1, activity: 2 } as const

/** What one kind of task looks like in the queue. */
interface QueuedTasks {
  /** Tasks that no worker has taken yet; approximate, since Temporal counts without a lock. */
  backlog: number
  /** How long the oldest of them waits, in seconds. */
  backlogSeconds: number
}

export interface TaskQueueState {
  workflow: QueuedTasks
  activity: QueuedTasks
  /** The identities of the workers that poll the queue. */
  workers: string[]
}

/** @throws Problem 503 */
export async function describeTaskQueue(client: Client, taskQueue: string): Promise<TaskQueueState> {
  const describe = async (taskQueueType: 1 | 2) =>
    await client.workflowService.describeTaskQueue({
      namespace: client.options.namespace,
      taskQueue: { name: taskQueue },
      taskQueueType,
      reportStats: true,
    })
  return await askTemporal(client, async () => {
    const [workflow, activity] = await Promise.all([describe(KINDS.workflow), describe(KINDS.activity)])
    const pollers = presentPollers([...workflow.pollers, ...activity.pollers])
    const workers = pollers.map(({ identity }) => identity ?? '')
    return { workflow: tasksOf(workflow), activity: tasksOf(activity), workers: [...new Set(workers)].toSorted() }
  })
}

type Description = Awaited<ReturnType<Client['workflowService']['describeTaskQueue']>>

function tasksOf({ stats }: Description): QueuedTasks {
  return {
    backlog: Number(stats?.approximateBacklogCount ?? 0),
    backlogSeconds: Number(stats?.approximateBacklogAge?.seconds ?? 0),
  }
}
