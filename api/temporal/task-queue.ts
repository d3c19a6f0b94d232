// The task queue as Temporal sees it: who polls it, and what waits in it.

import type { Client } from '@temporalio/client'
import { presentPollers } from '../../platform/pollers.ts'
import { gettingNewRuns } from '../../platform/worker-versions.ts'
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
  /** The identities of the workers that poll the queue and get new runs: those of the current version, where versions are on. */
  workers: string[]
  /** The identities of the other workers, which only go on with the runs of their own version. */
  workersOfOtherVersions: string[]
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
    const workers = identitiesOf(gettingNewRuns(pollers, workflow.versioningInfo))
    const workersOfOtherVersions = identitiesOf(pollers).filter((identity) => !workers.includes(identity))
    return { workflow: tasksOf(workflow), activity: tasksOf(activity), workers, workersOfOtherVersions }
  })
}

function identitiesOf(pollers: readonly { identity?: string | null }[]): string[] {
  return [...new Set(pollers.map(({ identity }) => identity ?? ''))].toSorted()
}

type Description = Awaited<ReturnType<Client['workflowService']['describeTaskQueue']>>

function tasksOf({ stats }: Description): QueuedTasks {
  return {
    backlog: Number(stats?.approximateBacklogCount ?? 0),
    backlogSeconds: Number(stats?.approximateBacklogAge?.seconds ?? 0),
  }
}
