// The parked customers together: how many wait for what, and all of one reason resumed by Temporal's own batch operation.

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
import { Problem } from '../middleware/problem.ts'

// A resumed customer costs HubSpot a call or two, and the smallest of its quotas is ten calls a second, of which live
// events need some. Temporal 1.32 keeps to its own `worker.batcherRPS` (50) whatever is asked of it; then the customers
// wait at HubSpot's door, as in any rush.
const RESUMES_PER_SECOND = 5

// Temporal's numbers of the states of a batch operation.
const RUNNING = 1
const STATES: { [state: number]: ResumeProgress['state'] } = { [RUNNING]: 'running', 2: 'completed', 3: 'failed' }

/** The parked customers of one namespace, counted by Temporal's index, which is some moments behind. */
export class ParkedCustomers {
  readonly #client: Client

  constructor(client: Client) {
    this.#client = client
  }

  /** All the reasons for which customers wait, the most frequent first, each with its steps. */
  async counts(): Promise<AttentionCount[]> {
    return await askTemporal(this.#client, async () => {
      const counted = await this.#nonZero(ATTENTION_REASONS, (reason) => reason)
      return await Promise.all(
        counted.map(async ({ of: reason, count }) => {
          const steps = await this.#nonZero(STEPS, (step) => attentionKeyword(reason, step))
          return { reason, count, steps: steps.map(({ of: step, count }) => ({ step, count })) }
        }),
      )
    })
  }

  /**
   * Has everybody resumed who waits for this reason. Whoever's run renews itself in that very moment is passed over, and
   * still counted afterwards.
   *
   * @throws Problem 409 `nothing-parked`, 503 `resume-running`: Temporal runs one batch operation of a namespace at a time
   */
  async resumeAll(reason: AttentionReason): Promise<ResumeJob> {
    const { namespace, identity, loadedDataConverter } = this.#client.options
    return await askTemporal(this.#client, async () => {
      const { count } = await this.#client.workflow.count(parkedBy(reason))
      if (count === 0) throw nobodyParked()
      // Temporal refuses another one like an overload, which the client would try again until the deadline.
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
          // The same bytes go to many customers, and anybody can read the reason in the index: so it is not encrypted.
          input: { payloads: [loadedDataConverter.payloadConverter.toPayload(reason)] },
        },
      })
      return { reason, count, job }
    })
  }

  /** @throws Problem 404 for a job that is none of this reason, or that Temporal has forgotten */
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
  ): Promise<{ of: Name; count: number }[]> {
    const counts = await Promise.all(
      names.map(async (name) => {
        const { count } = await this.#client.workflow.count(parkedBy(keywordOf(name)))
        return { of: name, count }
      }),
    )
    return counts.filter(({ count }) => count > 0).toSorted((one, other) => other.count - one.count)
  }
}

function parkedBy(keyword: string): string {
  return `WorkflowType = '${ONBOARDING_WORKFLOW}' AND ExecutionStatus = 'Running' AND OnboardingAttention = '${keyword}'`
}

/** A job's id says whose it is, since Temporal tells nothing of it but counts. */
function jobIdOf(reason: AttentionReason): string {
  return `${reason}-${randomUUID()}`
}

function isJobOf(reason: AttentionReason, job: string): boolean {
  return job.startsWith(`${reason}-`) && /^[0-9a-f-]{36}$/.test(job.slice(reason.length + 1))
}

function nobodyParked(): Problem {
  return new Problem('nothing-parked', { detail: 'Nobody is parked for this reason, so there is nothing to resume.' })
}
