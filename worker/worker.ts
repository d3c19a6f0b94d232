// The Temporal worker: task queue, workflows, activities and time limits.

import { Worker } from '@temporalio/worker'
import type { NativeConnection, WorkflowBundleOption } from '@temporalio/worker'
import type { CrmActivities } from '../activities/index.ts'
import { dataConverter } from '../platform/payloads/data-converter.ts'
import type { KeyRing } from '../platform/payloads/key-ring.ts'
import type { PayloadCodecOptions } from '../platform/payloads/payload-codec.ts'
import type { CrmState } from '../domain/crm-state.ts'
import { createHistories } from './histories.ts'
import { createCrmStates } from './crm-states.ts'
import { progressSinks } from './progress.ts'
import type { OnProgress } from './progress.ts'
import type { WorkerVersion } from './version.ts'

export interface WorkerOptions {
  connection: NativeConnection
  namespace: string
  workflowBundle: WorkflowBundleOption
  activities: CrmActivities
  /** How HubSpot looks from this process at the moment. */
  crmState: () => CrmState
  taskQueue: string
  payloadKeys: KeyRing
  /** Called for each payload that this worker cannot read. */
  onUnreadable?: PayloadCodecOptions['onUnreadable']
  /** Called for what happens to the customers of this worker. */
  onProgress?: OnProgress
  /** How many workflows stay in memory. */
  cachedWorkflows: number
  /** `null` for a worker without a version. */
  version: WorkerVersion | null
}

/** @throws when the namespace does not exist, or when another SDK version built the bundle */
export async function createWorker({
  activities,
  crmState,
  version,
  cachedWorkflows,
  payloadKeys,
  onUnreadable,
  onProgress,
  ...options
}: WorkerOptions): Promise<Worker> {
  return await Worker.create({
    ...options,
    activities: {
      ...activities,
      ...createHistories(options.connection.workflowService),
      ...createCrmStates(crmState),
    },
    dataConverter: dataConverter({
      ring: payloadKeys,
      namespace: options.namespace,
      unreadableMessages: 'mark',
      ...(onUnreadable && { onUnreadable }),
    }),
    sinks: progressSinks(onProgress),
    // A pinned run stays on the version that started it, since its history may not replay on another version (run.ts).
    ...(version && {
      workerDeploymentOptions: {
        version: { deploymentName: version.deploymentName, buildId: version.buildId },
        useWorkerVersioning: true,
        defaultVersioningBehavior: version.behavior,
      },
    }),
    // After a worker is killed, another worker takes over its workflows after this time. The default is 10 s.
    stickyQueueScheduleToStartTimeout: '1 second',
    // A workflow task holds its slot while its local activities wait for HubSpot.
    // More let each wait longer for the processor, so that calls no longer count as prompt; fewer leave HubSpot's batches emptier.
    // With 40, 120 and 200 a worker onboarded 22, 25 and 9 customers a second on two cores, while HubSpot answered at once.
    maxConcurrentWorkflowTaskExecutions: 120,
    maxConcurrentLocalActivityExecutions: 240,
    // They wait for HubSpot most of the time.
    maxConcurrentActivityTaskExecutions: 400,
    maxCachedWorkflows: cachedWorkflows,
    // A call to HubSpot takes well under a second. A call that takes longer is cancelled, since a repeated call is safe (G2).
    shutdownGraceTime: '3 seconds',
    shutdownForceTime: '5 seconds',
  })
}
