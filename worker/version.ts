// The version of a worker, for Temporal's Worker Versioning: a deployment and, within it, a build of the workflow code.

import { createHash } from 'node:crypto'
import type { Config } from '../platform/config.ts'

export interface WorkerVersion {
  deploymentName: string
  buildId: string
  /** Whether a run stays on the version that started it, or moves to the current one with its next workflow task. */
  behavior: 'PINNED' | 'AUTO_UPGRADE'
}

/** @returns `null` when versioning is off */
export function workerVersion(config: Config, bundleCode: string): WorkerVersion | null {
  if (config.temporalVersioning === 'off') return null
  return {
    deploymentName: deploymentNameOf(config),
    buildId: config.temporalWorkerBuildId ?? buildIdOf(bundleCode),
    behavior: config.temporalVersioning === 'pinned' ? 'PINNED' : 'AUTO_UPGRADE',
  }
}

/** By default the name of the task queue, so that two installations in one namespace have versions of their own. */
export function deploymentNameOf({ temporalDeploymentName, temporalTaskQueue }: Config): string {
  // Temporal allows both characters in the name of a task queue, but not in that of a deployment.
  return temporalDeploymentName ?? temporalTaskQueue.replaceAll(/[.:]/g, '-')
}

/** The same on every machine for the same sources, since the bundle has no paths of the machine that built it. */
function buildIdOf(bundleCode: string): string {
  return createHash('sha256').update(bundleCode).digest('hex').slice(0, 12)
}
