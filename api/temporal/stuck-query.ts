// The queries of Visibility for stuck runs: those whose workflow task fails, and those that wait for a version without workers.

import { ONBOARDING_WORKFLOW } from '../../domain/ids.ts'
import { servedVersions, VERSION_ATTRIBUTE } from '../../platform/worker-versions.ts'
import type { QueueVersions } from '../../platform/worker-versions.ts'

/** Temporal sets it on a run whose workflow tasks keep failing. */
export const PROBLEMS_ATTRIBUTE = 'TemporalReportedProblems'
export const TASK_FAILS = `${PROBLEMS_ATTRIBUTE} IS NOT NULL`

/**
 * The open runs that stay on a version which no worker polls. A run of another versioning behavior moves to the current version by
 * itself. Runs of the current version are not stuck: they continue as soon as a worker starts.
 */
export function versionWithoutWorkers(versions: QueueVersions): string {
  const names = [...servedVersions(versions)].map((name) => `'${name.replaceAll("'", "''")}'`)
  const isPinned = `TemporalWorkflowVersioningBehavior = 'Pinned' AND ${VERSION_ATTRIBUTE} IS NOT NULL`
  return names.length === 0 ? isPinned : `${isPinned} AND ${VERSION_ATTRIBUTE} NOT IN (${names.join(', ')})`
}

/** The open runs of a task queue for which a condition holds. Workers of other task queues may serve others of the namespace. */
export function openRuns(taskQueue: string, condition: string): string {
  return `WorkflowType = '${ONBOARDING_WORKFLOW}' AND ExecutionStatus = 'Running' AND TaskQueue = '${taskQueue}' AND (${condition})`
}
