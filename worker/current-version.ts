// Makes this worker's version the current one where that is its task, and logs when the worker gets no new runs.

import { setTimeout as sleep } from 'node:timers/promises'
import type { WorkflowService } from '@temporalio/client'
import { causeOf } from '../platform/error-cause.ts'
import type { Logger } from '../platform/logger.ts'
import { ramps } from '../platform/worker-versions.ts'
import { routingOf } from './deployment.ts'
import { unversionedQuery } from './left-customers.ts'
import type { WorkerVersion } from './version.ts'

/** `current` when new runs start on this version (also a part of them, while it ramps up); `unknown` when Temporal fails to say. */
export type VersionState = 'current' | 'not-current' | 'unknown'

interface Deployment {
  /** Temporal's API on the worker's connection. */
  workflowService: WorkflowService
  namespace: string
  logger: Logger
}

interface VersionWatch extends Deployment {
  taskQueue: string
  version: WorkerVersion
  /** Ends the watch when the worker stops. */
  signal: AbortSignal
  onState: (state: VersionState) => void
  /** The pause between two questions, in milliseconds, once Temporal knows the version; by default a minute. */
  pauseMs?: number
}

// Temporal knows a new version a few hundred milliseconds after the first poll of its worker.
const FIRST_PAUSE_MS = 100
// Workers of an old version may wait for weeks, and each question costs Temporal a query.
const LONGEST_PAUSE_MS = 60_000
// Until then, an error most likely means that the first poll has not arrived.
const EXPECTED_ERRORS_MS = 10_000

/**
 * Says whether the version is current, until the worker stops: while it is not, Temporal gives the worker no new runs.
 *
 * At its start the worker makes its version current in two cases: the deployment has never had a current version and no customer runs
 * without one, or the worker upgrades runs automatically. In every other case that is an operator's decision.
 */
export async function watchVersion(watch: VersionWatch): Promise<void> {
  const { version, logger, signal, onState, pauseMs: longestMs = LONGEST_PAUSE_MS } = watch
  const { deploymentName, buildId } = version
  const startedAt = Date.now()
  let reported = ''
  let wasCurrent = false
  const report = (state: VersionState, sentence: string, cause?: string) => {
    onState(state)
    if (reported === sentence + cause) return
    reported = sentence + cause
    // Every upgrade replaces a version that was current.
    const isExpected = state === 'current' || sentence === REPLACED
    logger[isExpected ? 'info' : 'warn']({ deploymentName, buildId, cause }, sentence)
  }
  const ask = async () => {
    if (wasCurrent) return await isCurrent(watch)
    return version.behavior === 'AUTO_UPGRADE' ? await becomeCurrent(watch) : await becomeFirst(watch)
  }

  for (let pauseMs = FIRST_PAUSE_MS; !signal.aborted; pauseMs = Math.min(pauseMs * 2, longestMs)) {
    try {
      if (await ask()) {
        report('current', CURRENT)
        wasCurrent = true
        pauseMs = longestMs
      } else report('not-current', wasCurrent ? REPLACED : NOT_CURRENT)
    } catch (error) {
      if (signal.aborted) return
      // Later the health check says that Temporal does not answer.
      if (!wasCurrent && Date.now() - startedAt > EXPECTED_ERRORS_MS) report('unknown', UNKNOWN, causeOf(error))
    }
    await sleep(pauseMs, undefined, { signal }).catch(() => {})
  }
}

/** Logs a warning when Temporal gives the runs to a version, for a worker that has none. */
export async function warnOfVersions(
  { workflowService, namespace, logger }: Deployment,
  deploymentName: string,
): Promise<void> {
  const routing = await routingOf(workflowService, { namespace, deploymentName }).catch(() => null)
  const buildId = routing?.current
  if (!buildId) return
  logger.warn(
    { deploymentName, buildId },
    'TEMPORAL_VERSIONING is off, but Temporal gives new runs to this version only. To give them to workers without a version, run ' +
      'with the settings of this worker: npm run promote',
  )
}

async function isCurrent({ workflowService, namespace, version }: VersionWatch): Promise<boolean> {
  const { deploymentName, buildId } = version
  const { current, ramping } = await routingOf(workflowService, { namespace, deploymentName })
  return current === buildId || ramping?.buildId === buildId
}

/** Whether the version is current, or has become so as the first one. */
async function becomeFirst(watch: VersionWatch): Promise<boolean> {
  const { workflowService, namespace, version } = watch
  const { deploymentName, buildId } = version
  const deployment = await workflowService.describeWorkerDeployment({ namespace, deploymentName })
  const routing = deployment.workerDeploymentInfo?.routingConfig
  const { currentDeploymentVersion, rampingDeploymentVersion, currentVersionChangedTime } = routing ?? {}
  if (currentDeploymentVersion?.buildId === buildId) return true
  if (ramps(routing) && rampingDeploymentVersion?.buildId === buildId) return true
  // The time is there when an operator has taken back the current version.
  if (currentDeploymentVersion || rampingDeploymentVersion || currentVersionChangedTime) return false
  // Temporal would hand customers whom workers without a version have begun over to this code, also when their histories do not fit it.
  if (await hasUnversionedCustomers(watch)) return false
  // With the token, only one of several first workers succeeds. The others see its version in their next attempt.
  return await becomeCurrent(watch, deployment.conflictToken)
}

async function hasUnversionedCustomers({ workflowService, namespace, taskQueue }: VersionWatch): Promise<boolean> {
  const { count } = await workflowService.countWorkflowExecutions({ namespace, query: unversionedQuery(taskQueue) })
  return Number(count) > 0
}

/** @throws ServiceError until Temporal knows that workers of this version poll all task queues of the current version */
async function becomeCurrent(
  { workflowService, namespace, version: { deploymentName, buildId } }: VersionWatch,
  conflictToken?: Uint8Array,
): Promise<true> {
  const request = { namespace, deploymentName, buildId, ...(conflictToken && { conflictToken }) }
  await workflowService.setWorkerDeploymentCurrentVersion(request)
  return true
}

const CURRENT = 'this version is current, so new runs start on it'
const REPLACED =
  'another version has become current, so the worker gets no new runs, only those that its own version has started'
const HOW_TO = 'To make it current, run with the settings of this worker: npm run promote'
const NOT_CURRENT = `this version is not the current one, so the worker gets no new runs, only those that its own version has started. ${HOW_TO}`
const UNKNOWN = `Temporal does not confirm that this version is the current one. Without that, the worker gets no new runs. ${HOW_TO}`
