// The Temporal worker: task queue, workflows, activities and time limits.

import { Worker } from '@temporalio/worker'
import type { NativeConnection, WorkflowBundleOption } from '@temporalio/worker'
import type { Crm } from '../domain/crm.ts'
import { payloadConverterPath } from '../platform/temporal.ts'
import { createHistories } from './histories.ts'

export interface WorkerOptions {
  connection: NativeConnection
  namespace: string
  workflowBundle: WorkflowBundleOption
  activities: Crm
  taskQueue: string
  /** The version of this worker, for Temporal's Worker Versioning; `null` for none. */
  version: { deploymentName: string; buildId: string } | null
}

/** @throws when the namespace does not exist, or when another SDK version built the bundle */
export async function createWorker({ activities, version, ...options }: WorkerOptions): Promise<Worker> {
  return await Worker.create({
    ...options,
    activities: { ...activities, ...createHistories(options.connection.workflowService) },
    dataConverter: { payloadConverterPath },
    // A run stays on the version that started it, since its history may not replay on another version (run.ts).
    ...(version && {
      workerDeploymentOptions: { version, useWorkerVersioning: true, defaultVersioningBehavior: 'PINNED' },
    }),
    // After a worker is killed, another worker takes over its workflows after this time. The default is 10 s.
    stickyQueueScheduleToStartTimeout: '1 second',
    // A call to HubSpot takes well under a second. A call that takes longer is cancelled, since a repeated call is safe (G2).
    shutdownGraceTime: '3 seconds',
    shutdownForceTime: '5 seconds',
  })
}
