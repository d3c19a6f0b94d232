// Counts the parked customers by reason and step. Resumes all of them for one reason, as a batch operation of Temporal.

import { randomUUID } from 'node:crypto'
import type { Client } from '@temporalio/client'
import { ONBOARDING_WORKFLOW } from '../../domain/ids.ts'
import { ATTENTION_REASONS, attentionKeyword } from '../../domain/attention.ts'
import type { AttentionReason } from '../../domain/attention.ts'
import { STEPS } from '../../domain/onboarding.ts'
import { GRPC, grpcCode } from '../../platform/temporal.ts'
import { attentionResumed } from '../../workflows/messages.ts'
import { askTemporal } from './ask-temporal.ts'
import type { AttentionCount, ResumeJob, ResumeProgress } from '../contract/attention.ts'
import { Problem } from '../problems/problem.ts'

// A resumed customer costs one or two calls to HubSpot. HubSpot's smallest quota is ten calls a second, and new events need
// some of it. Temporal 1.32 ignores this number and uses its own `worker.batcherRPS` (50). The calls to HubSpot then wait for
// quota, as under any load.
const RESUMES_PER_SECOND = 5

// Temporal's enum values of the state of a batch operation.
const RUNNING = 1
const STATES: { [state: number]: ResumeProgress['state'] } = { [RUNNING]: 'running', 2: 'completed', 3: 'failed' }

/** The parked customers of one namespace. The counts come from Temporal's Visibility, which lags by some moments. */
export class ParkedCustomers {
  readonly #client: Client

  constructor(client: Client) {
    this.#client = client
  }

  /** The reasons for which customers are parked, the most frequent first, each with its steps. */
  async counts(): Promise<AttentionCount[]> {
    return await askTemporal(this.#client, async () => {
      const counted = await this.#nonZero(ATTENTION_REASONS, (reason) => reason)
      return await Promise.all(
        counted.map(async ({ name: reason, count }) => {
          const steps = await this.#nonZero(STEPS, (step) => attentionKeyword(reason, step))
          return { reason, count, steps: steps.map(({ name: step, count }) => ({ step, count })) }
        }),
      )
    })
  }

  /**
   * Resumes all customers who are parked for this reason. The batch skips a run that continues as new at this moment. The
   * customer of that run stays parked and in the counts.
   *
   * @throws Problem 409 `nothing-parked`, 503 `resume-running`: Temporal runs one batch operation per namespace at a time
   */
  async resumeAll(reason: AttentionReason): Promise<ResumeJob> {
    const { namespace, identity, loadedDataConverter } = this.#client.options
    return await askTemporal(this.#client, async () => {
      const { count } = await this.#client.workflow.count(parkedBy(reason))
      if (count === 0) throw nothingParked()
      // Temporal rejects a second batch operation with the code of an overload. The client would retry that until the deadline.
      const { operationInfo } = await this.#client.workflowService.listBatchOperations({ namespace, pageSize: 100 })
      if (operationInfo.some(({ state }) => state === RUNNING)) throw new Problem('resume-running')

      const job = jobIdOf(reason)
      await this.#client.workflowService.startBatchOperation({
        namespace,
        jobId: job,
        visibilityQuery: parkedBy(reason),
        reason: `resume all with ${reason}`,
        maxOperationsPerSecond: RESUMES_PER_SECOND,
        signalOperation: {
          signal: attentionResumed.name,
          identity,
          // The reason is not encrypted. The same bytes go to many customers, and a search attribute shows the reason anyway.
          input: { payloads: [loadedDataConverter.payloadConverter.toPayload(reason)] },
        },
      })
      return { reason, count, job }
    })
  }

  /** @throws Problem 404 `unknown-resume` for a job of another reason, and for a job that Temporal has deleted */
  async progress(reason: AttentionReason, job: string): Promise<ResumeProgress> {
    if (!isJobOf(reason, job)) throw new Problem('unknown-resume')
    const { namespace } = this.#client.options
    const described = await askTemporal(this.#client, () =>
      this.#client.workflowService.describeBatchOperation({ namespace, jobId: job }).catch((error: unknown) => {
        throw grpcCode(error) === GRPC.notFound ? new Problem('unknown-resume') : error
      }),
    )
    const { state, startTime, totalOperationCount, completeOperationCount, failureOperationCount } = described
    return {
      reason,
      state: STATES[state] ?? 'running',
      total: Number(totalOperationCount),
      resumed: Number(completeOperationCount),
      failed: Number(failureOperationCount),
      since: new Date(Number(startTime?.seconds ?? 0) * 1000).toISOString(),
    }
  }

  async #nonZero<Name>(
    names: readonly Name[],
    keywordOf: (name: Name) => string,
  ): Promise<{ name: Name; count: number }[]> {
    const counts = await Promise.all(
      names.map(async (name) => {
        const { count } = await this.#client.workflow.count(parkedBy(keywordOf(name)))
        return { name, count }
      }),
    )
    return counts.filter(({ count }) => count > 0).toSorted((one, other) => other.count - one.count)
  }
}

function parkedBy(keyword: string): string {
  return `WorkflowType = '${ONBOARDING_WORKFLOW}' AND ExecutionStatus = 'Running' AND OnboardingAttention = '${keyword}'`
}

/** The id of a job names its reason, since Temporal reports only counts. */
function jobIdOf(reason: AttentionReason): string {
  return `${reason}-${randomUUID()}`
}

function isJobOf(reason: AttentionReason, job: string): boolean {
  return job.startsWith(`${reason}-`) && /^[0-9a-f-]{36}$/.test(job.slice(reason.length + 1))
}

function nothingParked(): Problem {
  const detail = 'No customer is parked for this reason, so there is nothing to resume.'
  return new Problem('nothing-parked', { detail })
}
