// Counts the parked customers by reason and step. Resumes all of them for one reason, as a batch operation of Temporal.

import { randomUUID } from 'node:crypto'
import type { Client } from '@temporalio/client'
import { decodeTypedSearchAttributes } from '@temporalio/common/lib/converter/payload-search-attributes.js'
import { encodeToPayloads } from '@temporalio/common/lib/internal-non-workflow/index.js'
import PQueue from 'p-queue'
import { customerIdOf, ONBOARDING_WORKFLOW } from '../../domain/ids.ts'
import { ATTENTION_REASONS, attentionKeyword } from '../../domain/attention.ts'
import type { AttentionReason } from '../../domain/attention.ts'
import { STEPS } from '../../domain/onboarding.ts'
import { attentionResumed } from '../../workflows/messages.ts'
import type { GivenBy } from '../../workflows/messages.ts'
import { askTemporal } from './ask-temporal.ts'
import { batchProgress, startBatch } from './batch-operations.ts'
import { attentionIn } from './listed-customer.ts'
import { TemporalUi } from './temporal-ui.ts'
import type { ParkedCounts, ResumeJob, ResumeProgress } from '../contract/attention.ts'
import { Problem } from '../problems/problem.ts'

// A resumed customer costs one or two calls to HubSpot. HubSpot's smallest quota is ten calls a second, and new events need
// some of it. Temporal 1.32 ignores this number and uses its own `worker.batcherRPS` (50). The calls to HubSpot then wait for
// quota, as under any load.
const RESUMES_PER_SECOND = 5

// Temporal's largest page.
const COUNTED_RUNS = 1000

// A Temporal server allows a namespace ten calls to Visibility a second by default, and lists and metrics need some of them.
const COUNTS_AT_A_TIME = 4

export interface ParkedCustomersOptions {
  /** Base address of the Temporal UI; `null` omits the links to it. */
  temporalUiUrl?: string | null
  /** With more parked customers than these, each number of `counts` is a query of its own. */
  countedRuns?: number
}

/** The parked customers of one namespace. The counts come from Temporal's Visibility, which lags by some moments. */
export class ParkedCustomers {
  readonly #client: Client
  readonly #countedRuns: number
  readonly #temporalUi: TemporalUi

  constructor(client: Client, { temporalUiUrl = null, countedRuns = COUNTED_RUNS }: ParkedCustomersOptions = {}) {
    this.#client = client
    this.#countedRuns = countedRuns
    this.#temporalUi = new TemporalUi(temporalUiUrl, client.options.namespace)
  }

  /**
   * The reasons for which customers are parked, the most frequent first, each with its steps. All numbers come from one query, so
   * that they agree with each other and with the list of customers. Beyond one page of Temporal's, they may be some moments apart.
   */
  async counts(): Promise<ParkedCounts> {
    return await askTemporal(this.#client, async () => {
      const parked = await this.#parkedRuns()
      if (parked === null) return await this.#countsByQuery()
      const count = (keyword: string) => parked.filter((keywords) => keywords.includes(keyword)).length
      return await this.#countsOf(parked.length, (keyword) => Promise.resolve(count(keyword)))
    })
  }

  /**
   * Resumes all customers who are parked for this reason. The batch skips a run that continues as new at this moment. The
   * customer of that run stays parked and in the counts.
   *
   * @throws Problem 409 `nothing-parked`, 503 `resume-running`
   */
  async resumeAll(reason: AttentionReason, { by }: GivenBy): Promise<ResumeJob> {
    const { identity, loadedDataConverter } = this.#client.options
    // The same bytes go to many customers, so they are encrypted for the namespace and not for one workflow.
    const payloads = await encodeToPayloads(loadedDataConverter, { reason, by })
    return await askTemporal(this.#client, async () => {
      const { count } = await this.#client.workflow.count(parkedBy(reason))
      if (count === 0) throw nothingParked()
      const job = jobIdOf(reason)
      await startBatch(this.#client, {
        jobId: job,
        visibilityQuery: parkedBy(reason),
        reason: `resume all with ${reason}`,
        maxOperationsPerSecond: RESUMES_PER_SECOND,
        signalOperation: {
          signal: attentionResumed.name,
          identity,
          input: { payloads: payloads ?? [] },
        },
      })
      return { reason, count, job }
    })
  }

  /** @throws Problem 404 `unknown-resume` for a job of another reason, and for a job that Temporal has deleted */
  async progress(reason: AttentionReason, job: string): Promise<ResumeProgress> {
    if (!isJobOf(reason, job)) throw new Problem('unknown-resume')
    const progress = await askTemporal(this.#client, async () => await batchProgress(this.#client, job))
    if (progress === null) throw new Problem('unknown-resume')
    const { state, total, done, failed, since } = progress
    // The clock is Temporal's, as in the status of a customer, so that the two can be compared.
    return { reason, state, total, signalled: done, failed, since }
  }

  /** The keywords of each parked customer; `null` when they do not fit in one page. */
  async #parkedRuns(): Promise<string[][] | null> {
    const { executions, nextPageToken } = await this.#client.workflowService.listWorkflowExecutions({
      namespace: this.#client.options.namespace,
      pageSize: this.#countedRuns,
      query: parkedBy(...ATTENTION_REASONS),
    })
    if (nextPageToken?.length) return null
    // A workflow of our type that was started by hand may have any id. The list skips such a workflow, too.
    const ours = executions.filter(({ execution }) => customerIdOf(execution?.workflowId ?? '') !== null)
    return ours.map(({ searchAttributes }) => attentionIn(decodeTypedSearchAttributes(searchAttributes?.indexedFields)))
  }

  async #countsByQuery(): Promise<ParkedCounts> {
    const queue = new PQueue({ concurrency: COUNTS_AT_A_TIME })
    const count = async (...keywords: string[]) =>
      await queue.add(async () => (await this.#client.workflow.count(parkedBy(...keywords))).count)
    return await this.#countsOf(await count(...ATTENTION_REASONS), count)
  }

  /** @param countOf the customers with a keyword of `OnboardingAttention` */
  async #countsOf(customers: number, countOf: (keyword: string) => Promise<number>): Promise<ParkedCounts> {
    const reasons = await nonZero(ATTENTION_REASONS, countOf)
    const attention = reasons.map(async ({ name: reason, count }) => {
      const steps = await nonZero(STEPS, (step) => countOf(attentionKeyword(reason, step)))
      const links = { temporal: this.#temporalUi.parked(reason) }
      return { reason, count, steps: steps.map(({ name: step, count }) => ({ step, count })), links }
    })
    return { customers, attention: await Promise.all(attention), links: { temporal: this.#temporalUi.parked() } }
  }
}

/** The names that count anybody, the most frequent first. */
async function nonZero<Name>(
  names: readonly Name[],
  countOf: (name: Name) => Promise<number>,
): Promise<{ name: Name; count: number }[]> {
  const counts = await Promise.all(names.map(async (name) => ({ name, count: await countOf(name) })))
  return counts.filter(({ count }) => count > 0).toSorted((one, other) => other.count - one.count)
}

/** The parked customers with one of these keywords. */
export function parkedBy(...keywords: string[]): string {
  const listed = keywords.map((keyword) => `'${keyword}'`).join(', ')
  return `WorkflowType = '${ONBOARDING_WORKFLOW}' AND ExecutionStatus = 'Running' AND OnboardingAttention IN (${listed})`
}

/** The id of a job names its reason, since Temporal reports only counts. */
function jobIdOf(reason: AttentionReason): string {
  return `${reason}-${randomUUID()}`
}

function isJobOf(reason: AttentionReason, job: string): boolean {
  return job.startsWith(`${reason}-`) && /^[0-9a-f-]{36}$/.test(job.slice(reason.length + 1))
}

function nothingParked(): Problem {
  const detail =
    'Temporal’s list has no customer who is parked for this reason, so there is nothing to resume. The list lags by some moments: one who has just been parked comes on it later.'
  return new Problem('nothing-parked', { detail })
}
