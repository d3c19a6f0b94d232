// Sends an operator's command to the newest run of an onboarding.

import { WorkflowNotFoundError, WorkflowUpdateFailedError } from '@temporalio/client'
import type { Client, WorkflowHandle } from '@temporalio/client'
import { ApplicationFailure } from '@temporalio/common'
import { onboardingId } from '../../domain/ids.ts'
import { Problem } from '../problems/problem.ts'
import { askTemporal } from './ask-temporal.ts'
import { explainSilence } from './stuck-workflow.ts'

/** An operator's command to one onboarding, as a Temporal Update. */
export interface Command<Result> {
  send: (handle: WorkflowHandle) => Promise<Result>
  /** Called after `send` has failed because the customer's last run has completed (idle). */
  ifCompleted: (runId: string) => Promise<Result>
}

/** @throws Problem 404, 409 with the reason of the workflow or `ended`, 422 `invalid-correction`, 503 `no-worker` */
export async function sendCommand<Result>(
  client: Client,
  customerId: string,
  command: Command<Result>,
): Promise<Result> {
  const workflowId = onboardingId(customerId)
  const handle = client.workflow.getHandle(workflowId)
  try {
    return await explainSilence(client, workflowId, () =>
      askTemporal(client, () => sendToNewestRun(handle, command), { needsWorker: true }),
    )
  } catch (error) {
    throw error instanceof WorkflowUpdateFailedError ? commandRejected(error) : error
  }
}

async function sendToNewestRun<Result>(
  handle: WorkflowHandle,
  { send, ifCompleted }: Command<Result>,
): Promise<Result> {
  try {
    return await send(handle)
  } catch (error) {
    if (!(error instanceof WorkflowNotFoundError)) throw error
    const { status, runId } = await handle.describe()
    // An event may have started a new run since the first attempt.
    if (status.name === 'RUNNING') return await send(handle)
    if (status.name === 'COMPLETED') return await ifCompleted(runId)
    throw new Problem('ended')
  }
}

/** The message of the workflow becomes the detail of the problem, since it is written for operators. */
function commandRejected({ cause }: WorkflowUpdateFailedError): Error {
  if (!(cause instanceof ApplicationFailure)) return new Error('a command failed', { cause })
  const { type, message } = cause
  if (type === 'nothing-parked' || type === 'erased' || type === 'not-erased')
    return new Problem(type, { detail: message })
  return new Problem('invalid-correction', { detail: message })
}
