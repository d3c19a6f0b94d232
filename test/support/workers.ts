// Workers in the process of a test file: one for all of its tests, since a start takes longer than most tests, or one for a single test.

import { randomUUID } from 'node:crypto'
import { Context } from '@temporalio/activity'
import { NativeConnection } from '@temporalio/worker'
import type { WorkflowBundleOption } from '@temporalio/worker'
import { inject } from 'vitest'
import { createActivities } from '../../activities/index.ts'
import type { CrmActivities } from '../../activities/index.ts'
import type { Crm } from '../../domain/crm.ts'
import type { CrmState } from '../../domain/crm-state.ts'
import type { Unreadable } from '../../platform/payloads/payload-codec.ts'
import { GRPC } from '../../platform/temporal.ts'
import type { WorkerVersion } from '../../worker/version.ts'
import { createWorker } from '../../worker/worker.ts'
import { atEndOfFile } from './end-of-file.ts'
import { PAYLOAD_KEYS, ringOf } from './payload-keys.ts'

/** What a test hands to the worker. */
export interface WorkerUser {
  activities: CrmActivities
  /** How HubSpot looks to the worker; `null` for a CRM without such a state. */
  crmState: (() => CrmState) | null
  /** Whether Temporal lets the worker delete histories, as by the rights of its API key. */
  mayDeleteHistories: () => boolean
  onUnreadable: (payload: Unreadable) => void
}

/** A running worker. */
export interface TestWorker {
  taskQueue: string
  stop(): Promise<void>
}

interface WorkerOptions {
  address: string
  namespace: string
  taskQueue: string
  payloadKeys: string
  workflowBundle?: WorkflowBundleOption
  version?: WorkerVersion | null
}

/** Starts a worker for one test. */
export async function startOwnWorker(user: WorkerUser, options: WorkerOptions): Promise<TestWorker> {
  return await start(() => user, user.activities, { ...options, current: () => user })
}

interface SharedWorker extends TestWorker {
  /** The test of each workflow, by the workflow's id. */
  users: Map<string, WorkerUser>
  /** The test that runs now, which has also the workflows that it starts without its own client. */
  current: WorkerUser | null
}

const shared = new Map<string, Promise<SharedWorker>>()

/** The worker of a test file in a namespace, which starts with the file's first test and ends after its last one. */
export async function sharedWorker(namespace: string): Promise<SharedWorker> {
  const known = shared.get(namespace)
  if (known !== undefined) return await known
  const starting = startSharedWorker(namespace)
  shared.set(namespace, starting)
  atEndOfFile(async () => {
    shared.delete(namespace)
    await (await starting).stop()
  })
  return await starting
}

/** Gives each activity to the test whose workflow calls it. */
async function startSharedWorker(namespace: string): Promise<SharedWorker> {
  const users = new Map<string, WorkerUser>()
  const userOf = (workflowId: string): WorkerUser => {
    const user = users.get(workflowId) ?? worker.current
    if (user === null) throw new Error(`No test has started ${workflowId}.`)
    return user
  }
  const activityOf = (name: keyof CrmActivities) => (draft: never, how: never) =>
    userOf(Context.current().info.workflowExecution?.workflowId ?? '').activities[name](draft, how)
  const names = Object.keys(createActivities({} as Crm)) as (keyof CrmActivities)[]
  const activities = Object.fromEntries(names.map((name) => [name, activityOf(name)])) as unknown as CrmActivities
  const started = await start(userOf, activities, {
    address: inject('temporalAddress'),
    namespace,
    taskQueue: `test-${randomUUID()}`,
    payloadKeys: PAYLOAD_KEYS,
    current: () => worker.current,
  })
  const worker: SharedWorker = { ...started, users, current: null }
  return worker
}

async function start(
  userOf: (workflowId: string) => WorkerUser,
  activities: CrmActivities,
  {
    address,
    namespace,
    taskQueue,
    payloadKeys,
    workflowBundle = { codePath: inject('workflowBundlePath') },
    version = null,
    current,
  }: WorkerOptions & { current: () => WorkerUser | null },
): Promise<TestWorker> {
  const connection = await NativeConnection.connect({ address })
  const { workflowService } = connection
  const deleteExecution = workflowService.deleteWorkflowExecution.bind(workflowService)
  Object.assign(workflowService, {
    deleteWorkflowExecution: async (request: Parameters<typeof deleteExecution>[0]) => {
      // The test server has no rights. This is the answer of a server that has them.
      if (!userOf(request.workflowExecution?.workflowId ?? '').mayDeleteHistories()) throw notAllowed()
      return await deleteExecution(request)
    },
  })
  const worker = await createWorker({
    connection,
    namespace,
    workflowBundle,
    activities,
    taskQueue,
    payloadKeys: ringOf(payloadKeys),
    onUnreadable: (payload) => userOf(payload.workflowId ?? '').onUnreadable(payload),
    cachedWorkflows: 200,
    crmState() {
      const state = current()?.crmState?.()
      if (state === undefined) throw new Error('This CRM has no state.')
      return state
    },
    version,
  })
  const ended = worker.run()
  return {
    taskQueue,
    async stop() {
      worker.shutdown()
      await ended
      await connection.close()
    },
  }
}

function notAllowed(): Error {
  return Object.assign(new Error('not allowed'), { code: GRPC.permissionDenied, details: 'not allowed', metadata: {} })
}
