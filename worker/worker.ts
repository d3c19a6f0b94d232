// The Temporal worker: queue, limits, workflows, activities.

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
  /** This worker's version, for Temporal's worker versioning; `null` for none. */
  version: { deploymentName: string; buildId: string } | null
}

/** @throws when Temporal does not know the namespace, or the bundle is of another SDK version */
export async function createWorker({ activities, version, ...options }: WorkerOptions): Promise<Worker> {
  return await Worker.create({
    ...options,
    activities: { ...activities, ...createHistories(options.connection.workflowService) },
    dataConverter: { payloadConverterPath },
    // A run ends on the version that it began on, since its history may not replay on another (run.ts).
    ...(version && {
      workerDeploymentOptions: { version, useWorkerVersioning: true, defaultVersioningBehavior: 'PINNED' },
    }),
    // After a killed worker its workflows are taken over when this has passed; the default of 10 s is what customers would wait for.
    stickyQueueScheduleToStartTimeout: '1 second',
    // A call to HubSpot takes well under a second. One that hangs is cut: repeating it is safe (G2).
    shutdownGraceTime: '3 seconds',
    shutdownForceTime: '5 seconds',
  })
}
