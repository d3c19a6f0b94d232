// Temporal's Worker Deployment: which version is current, and since when.

import type { WorkflowService } from '@temporalio/client'
import { GRPC, grpcCode } from '../platform/temporal.ts'
import { ramps } from '../platform/worker-versions.ts'

export interface Routing {
  /** The build id of the current version; `null` when workers without a version are current. */
  current: string | null
  /** When it became current; `null` when no version ever was. */
  since: Date | null
  /** What gets a part of the new runs beside the current version: a build, or workers without a version (`buildId` is `null`). */
  ramping: { buildId: string | null } | null
}

/** A deployment that Temporal does not know has had no current version. */
export async function routingOf(
  workflowService: WorkflowService,
  deployment: { namespace: string; deploymentName: string },
): Promise<Routing> {
  const described = await workflowService.describeWorkerDeployment(deployment).catch((error: unknown) => {
    if (grpcCode(error) === GRPC.notFound) return null
    throw error
  })
  const routing = described?.workerDeploymentInfo?.routingConfig
  const { currentDeploymentVersion, currentVersionChangedTime, rampingDeploymentVersion } = routing ?? {}
  const seconds = currentVersionChangedTime?.seconds
  return {
    current: currentDeploymentVersion?.buildId || null,
    since: seconds ? new Date(Number(seconds) * 1000) : null,
    ramping: ramps(routing) ? { buildId: rampingDeploymentVersion?.buildId || null } : null,
  }
}
