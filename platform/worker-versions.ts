// The versions of the workers on a task queue, as Temporal knows them: which get new runs, and which have workers.

import type { WorkflowService } from '@temporalio/client'
import { presentPollers } from './pollers.ts'

/** Temporal's name of a version: a deployment, and a build of the workflow code in it. */
export interface DeploymentVersion {
  deploymentName: string
  buildId: string
}

export interface QueueVersions {
  /** The current version; `null` when workers without a version get the new runs. */
  current: DeploymentVersion | null
  /** The version that gets a part of the new runs; `null` without one. */
  ramping: DeploymentVersion | null
  /** The versions that workers poll for; `null` among them stands for workers without a version. */
  withWorkers: (DeploymentVersion | null)[]
}

// Parts of Temporal's answers.
interface MaybeVersion {
  deploymentName?: string | null
  buildId?: string | null
}
interface PollerVersion {
  deploymentOptions?: (MaybeVersion & { workerVersioningMode?: number | null }) | null
}
interface Routing {
  currentDeploymentVersion?: MaybeVersion | null
  /** Without a version, workers that have none ramp up. */
  rampingDeploymentVersion?: MaybeVersion | null
  rampingVersionPercentage?: number | null
}

/** The search attribute that holds the version of a run, as `versionText` writes it. */
export const VERSION_ATTRIBUTE = 'TemporalWorkerDeploymentVersion'

// Temporal's enum values of workflow tasks, and of workers that have a version.
const WORKFLOW_TASKS = 1
const VERSIONED = 2

/** @param goneAfterMs a worker that has not polled for this long is gone; by default that of `presentPollers` */
export async function versionsOf(
  workflowService: WorkflowService,
  { namespace, taskQueue }: { namespace: string; taskQueue: string },
  goneAfterMs?: number,
): Promise<QueueVersions> {
  const { pollers, versioningInfo } = await workflowService.describeTaskQueue({
    namespace,
    taskQueue: { name: taskQueue },
    taskQueueType: WORKFLOW_TASKS,
  })
  const ofPollers = presentPollers(pollers, goneAfterMs).map(versionOfPoller)
  const byText = new Map(ofPollers.map((version) => [version && versionText(version), version]))
  return {
    current: versionIn(versioningInfo?.currentDeploymentVersion),
    ramping: ramps(versioningInfo) ? versionIn(versioningInfo?.rampingDeploymentVersion) : null,
    withWorkers: [...byText.values()],
  }
}

/** The versions that get new runs or have workers, as `versionText` writes them. A run that stays on any other version waits in vain. */
export function servedVersions({ current, ramping, withWorkers }: QueueVersions): Set<string> {
  return new Set(
    [current, ramping, ...withWorkers].flatMap((version) => (version === null ? [] : [versionText(version)])),
  )
}

/**
 * Which of the pollers get new runs: those of the current and of the ramping version, and those without a version where no version is
 * current or workers without one ramp up.
 */
export function gettingNewRuns<Poller extends PollerVersion>(
  pollers: readonly Poller[],
  routing: Routing | null | undefined,
): Poller[] {
  const served = [versionIn(routing?.currentDeploymentVersion)]
  if (ramps(routing)) served.push(versionIn(routing?.rampingDeploymentVersion))
  const names = new Set(served.map((version) => version && versionText(version)))
  return pollers.filter((poller) => {
    const version = versionOfPoller(poller)
    return names.has(version && versionText(version))
  })
}

/** Whether the ramping version gets runs. When an operator has ended the ramping, Temporal keeps the version, with 0 percent. */
export function ramps(routing: Pick<Routing, 'rampingVersionPercentage'> | null | undefined): boolean {
  return (routing?.rampingVersionPercentage ?? 0) > 0
}

/** As Temporal's Visibility writes it. */
export function versionText({ deploymentName, buildId }: DeploymentVersion): string {
  return `${deploymentName}:${buildId}`
}

function versionOfPoller({ deploymentOptions }: PollerVersion): DeploymentVersion | null {
  return deploymentOptions?.workerVersioningMode === VERSIONED ? versionIn(deploymentOptions) : null
}

function versionIn(version: MaybeVersion | null | undefined): DeploymentVersion | null {
  const { deploymentName, buildId } = version ?? {}
  return deploymentName && buildId ? { deploymentName, buildId } : null
}
