// Finds out whether a workflow that does not answer is stuck: its task fails, a key is missing, or no worker has its version.

import type { Client } from '@temporalio/client'
import { ApplicationFailure } from '@temporalio/common'
import { servedVersions, versionsOf, versionText } from '../../platform/worker-versions.ts'
import { missingKeyIn, missingKeyTypeIn } from '../../platform/payloads/payload-codec.ts'
import { onboardingStatus } from '../../workflows/messages.ts'
import { Problem } from '../problems/problem.ts'

// The caller has waited for most of its 3.5 s already.
const LOOK_FOR_MS = 600
// Events that arrive while a workflow is stuck stand behind its failed task. With more of them the answer is less exact.
const LATEST_EVENTS = 100
// Temporal's enum value of a run that stays on its version.
const PINNED = 1
// Temporal's enum values of what ends a workflow task without a decision of the worker.
const SERVER_CAUSES: unknown[] = [
  1, // UNHANDLED_COMMAND: a message arrived while the run continued as new.
  17, // FORCE_CLOSE_COMMAND: more than 100 messages arrived during the task.
]

/**
 * Asks a workflow. When no worker answers, looks into the history for the reason.
 *
 * @throws what `ask` throws, but Problem 503 `hung` in place of `no-worker` when the last workflow task failed, when no worker has the
 * version of the run, and when this process cannot decrypt the answer; the detail names the version or the missing key
 */
export async function explainSilence<T>(client: Client, workflowId: string, ask: () => Promise<T>): Promise<T> {
  try {
    return await ask()
  } catch (error) {
    const ownMissingKey = error instanceof ApplicationFailure ? missingKeyIn(error.type) : null
    if (ownMissingKey !== null) throw new Problem('hung', { detail: keyMissingHere(ownMissingKey) })
    const isSilent = error instanceof Problem && (error.code === 'no-worker' || error.code === 'hung')
    throw (isSilent && (await lookFor(client, workflowId, error.code === 'hung'))) || error
  }
}

/** @param isAnswered a worker has answered that it cannot answer. It may have failed the question alone, and no workflow task. */
async function lookFor(client: Client, workflowId: string, isAnswered: boolean): Promise<Problem | null> {
  const look = async (): Promise<Finding | null> =>
    (await lastTaskFailure(client, workflowId)) ??
    (isAnswered ? await queryFailure(client, workflowId) : await versionWithoutWorkers(client, workflowId))
  const failure = await client.withDeadline(Date.now() + LOOK_FOR_MS, look).catch(() => null)
  if (failure === null) return null
  if ('version' in failure) return new Problem('hung', { detail: versionWithoutWorkersDetail(failure.version) })
  const keyId = missingKeyIn(failure.type)
  return new Problem('hung', keyId === null ? {} : { detail: keyMissingInWorkers(keyId) })
}

/** How a task failed in the worker, or the version that no worker has. */
type Finding = { type: string | null } | { version: string }

/** How the last workflow task failed; `null` when it did not fail in the worker. */
async function lastTaskFailure(client: Client, workflowId: string): Promise<{ type: string | null } | null> {
  const { history } = await client.workflowService.getWorkflowExecutionHistoryReverse({
    namespace: client.options.namespace,
    execution: { workflowId },
    maximumPageSize: LATEST_EVENTS,
  })
  for (const event of history?.events ?? []) {
    if (event.workflowTaskCompletedEventAttributes || event.workflowTaskTimedOutEventAttributes) return null
    const failed = event.workflowTaskFailedEventAttributes
    if (!failed) continue
    return SERVER_CAUSES.includes(failed.cause) ? null : { type: failed.failure?.applicationFailureInfo?.type ?? null }
  }
  return null
}

/** The version on which the run stays although no worker has it; `null` when a worker has it, or when the run may move. */
async function versionWithoutWorkers(client: Client, workflowId: string): Promise<{ version: string } | null> {
  const { workflowService, options } = client
  const { raw, taskQueue } = await client.workflow.getHandle(workflowId).describe()
  const { behavior, deploymentVersion } = raw.workflowExecutionInfo?.versioningInfo ?? {}
  const { deploymentName, buildId } = deploymentVersion ?? {}
  if (behavior !== PINNED || !deploymentName || !buildId) return null
  const versions = await versionsOf(workflowService, { namespace: options.namespace, taskQueue })
  const version = versionText({ deploymentName, buildId })
  return servedVersions(versions).has(version) ? null : { version }
}

/** How a query fails in the worker; `null` when it is answered. The SDK's own error has no type. */
async function queryFailure(client: Client, workflowId: string): Promise<{ type: string | null } | null> {
  const { namespace } = client.options
  const query = { queryType: onboardingStatus.name }
  try {
    await client.workflowService.queryWorkflow({ namespace, execution: { workflowId }, query })
    return null
  } catch (error) {
    const { metadata } = error as { metadata?: { get(name: string): unknown[] } }
    const [details] = metadata?.get('grpc-status-details-bin') ?? []
    return { type: details instanceof Uint8Array ? missingKeyTypeIn(Buffer.from(details)) : null }
  }
}

function versionWithoutWorkersDetail(version: string): string {
  return (
    `The run stays on version ${version}, which no worker has any more, so the onboarding does not answer. No event is lost. ` +
    'Start workers of that version again, or move all such runs to the current one: `POST /v1/stuck/reset`, or `npm run customer -- reset-stuck`.'
  )
}

function keyMissingInWorkers(keyId: string): string {
  return (
    `The workers have no key ${keyId} for the payloads of this customer, or another key with this id, so the onboarding does not answer. ` +
    'No event is lost. Add the key to PAYLOAD_KEYS of the workers; Temporal then continues by itself.'
  )
}

function keyMissingHere(keyId: string): string {
  return `The workers encrypt with the key ${keyId}, which this API does not have, or it has another key with this id. Add the key to PAYLOAD_KEYS of the API.`
}
