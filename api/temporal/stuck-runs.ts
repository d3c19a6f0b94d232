// Lists the stuck runs of one task queue, and resets all of them to their start, as a batch operation of Temporal.

import { randomUUID } from 'node:crypto'
import type { Client } from '@temporalio/client'
import { defineSearchAttributeKey } from '@temporalio/common'
import { decodeTypedSearchAttributes } from '@temporalio/common/lib/converter/payload-search-attributes.js'
import { optionalTsToMs } from '@temporalio/common/lib/time.js'
import { customerIdOf } from '../../domain/ids.ts'
import { VERSION_ATTRIBUTE, versionsOf } from '../../platform/worker-versions.ts'
import type { DeploymentVersion, QueueVersions } from '../../platform/worker-versions.ts'
import type { ResetJob, ResetProgress, StuckCounts, StuckCustomer, StuckCustomers } from '../contract/stuck.ts'
import { Problem } from '../problems/problem.ts'
import { askTemporal } from './ask-temporal.ts'
import { batchProgress, startBatch } from './batch-operations.ts'
import { nullIfUnknown } from './phase-counts.ts'
import { openRuns, PROBLEMS_ATTRIBUTE, TASK_FAILS, versionWithoutWorkers } from './stuck-query.ts'
import { TemporalUi } from './temporal-ui.ts'

// A reset run repeats its steps: up to ten calls to HubSpot. Temporal 1.32 ignores this number and uses its own `worker.batcherRPS`
// (50). The calls to HubSpot then wait for quota, as under any load.
const RESETS_PER_SECOND = 5
// Temporal's largest page.
const LISTED_RUNS = 1000
const NAMED_CUSTOMERS = 5

const PROBLEMS = defineSearchAttributeKey(PROBLEMS_ATTRIBUTE, 'KEYWORD_LIST')
const VERSION = defineSearchAttributeKey(VERSION_ATTRIBUTE, 'KEYWORD')

const WHAT_TO_DO: { [kind in StuckCustomer['kind']]: string } = {
  'task-fails':
    'The code of the workers throws, or does not fit the history of these runs. Deploy a fix, or reset the runs: they start again on the current code.',
  'version-without-workers':
    'The runs wait for workers of a version that nobody runs any more. Start these workers again, or reset the runs: they go on with the current version.',
}

interface StuckRunsOptions {
  client: Client
  taskQueue: string
  /** Base address of the Temporal UI; `null` omits the links to it. */
  temporalUiUrl?: string | null
  /** A worker that has not polled for this long is gone. */
  goneAfterMs?: number
}

/** Each method throws a `Problem` of status 503 when Temporal does not answer. */
export class StuckRuns {
  readonly #client: Client
  readonly #taskQueue: string
  readonly #goneAfterMs: number | undefined
  readonly #temporalUi: TemporalUi

  constructor({ client, taskQueue, temporalUiUrl = null, goneAfterMs }: StuckRunsOptions) {
    this.#client = client
    this.#taskQueue = taskQueue
    this.#goneAfterMs = goneAfterMs
    this.#temporalUi = new TemporalUi(temporalUiUrl, client.options.namespace)
  }

  /** Up to 1,000 customers whose runs are stuck, the oldest run first. */
  async list(): Promise<StuckCustomers> {
    return await askTemporal(this.#client, async () => {
      const { customers, count } = await this.#find()
      return { customers, hasMore: count > customers.length }
    })
  }

  /** The stuck runs by kind and cause, the most frequent first; `null` when this Temporal does not say. */
  async counts(): Promise<StuckCounts | null> {
    return await askTemporal(this.#client, async () => {
      const { customers, count, condition } = await this.#find()
      const groups = Map.groupBy(customers, ({ kind, cause }) => `${kind} ${cause}`)
      const stuck = [...groups.values()].map((group) => {
        const { kind, cause } = group[0]!
        const customerIds = group.slice(0, NAMED_CUSTOMERS).map(({ customerId }) => customerId)
        return { kind, cause, count: group.length, customerIds, whatToDo: WHAT_TO_DO[kind] }
      })
      return {
        customers: count,
        causes: stuck.toSorted((one, other) => other.count - one.count),
        links: { temporal: this.#temporalUi.stuck(condition) },
      }
    }).catch(nullIfUnknown)
  }

  /** How many runs wait for a version that no worker polls. */
  async countWithoutWorkers(countRuns: (query: string) => Promise<number>): Promise<number> {
    const versions = await askTemporal(this.#client, async () => await this.#versions())
    return await countRuns(openRuns(this.#taskQueue, versionWithoutWorkers(versions)))
  }

  /**
   * Resets each stuck run to its first workflow task, on the current version. Temporal sends it its signals and commands again.
   *
   * @throws Problem 409 `nothing-stuck`, 503 `resume-running`
   */
  async reset(): Promise<ResetJob> {
    return await askTemporal(this.#client, async () => {
      const versions = await this.#versions()
      const query = openRuns(this.#taskQueue, conditionOf(versions))
      const { count } = await this.#client.workflow.count(query)
      if (count === 0) throw new Problem('nothing-stuck')
      const job = `stuck-${randomUUID()}`
      await startBatch(this.#client, {
        jobId: job,
        visibilityQuery: query,
        reason: 'reset the stuck runs',
        maxOperationsPerSecond: RESETS_PER_SECOND,
        resetOperation: {
          identity: this.#client.options.identity,
          options: { firstWorkflowTask: {}, resetReapplyExcludeTypes: [] },
          postResetOperations: [moveTo(versions.current)],
        },
      })
      return { count, job }
    })
  }

  /** @throws Problem 404 `unknown-reset`, also for a job that Temporal has deleted */
  async progress(job: string): Promise<ResetProgress> {
    if (!job.startsWith('stuck-')) throw new Problem('unknown-reset')
    const progress = await askTemporal(this.#client, async () => await batchProgress(this.#client, job))
    if (progress === null) throw new Problem('unknown-reset')
    const { state, total, done, failed, since } = progress
    return { state, total, reset: done, failed, since }
  }

  async #versions(): Promise<QueueVersions> {
    const { namespace } = this.#client.options
    return await versionsOf(this.#client.workflowService, { namespace, taskQueue: this.#taskQueue }, this.#goneAfterMs)
  }

  /** The customers of one page, and the number of all. */
  async #find(): Promise<{ customers: StuckCustomer[]; count: number; condition: string }> {
    const condition = conditionOf(await this.#versions())
    const query = openRuns(this.#taskQueue, condition)
    const { executions, nextPageToken } = await this.#client.workflowService.listWorkflowExecutions({
      namespace: this.#client.options.namespace,
      pageSize: LISTED_RUNS,
      query,
    })
    const startedAt = ({ startTime }: (typeof executions)[number]) => optionalTsToMs(startTime) ?? 0
    const customers = executions
      .toSorted((one, other) => startedAt(one) - startedAt(other))
      .flatMap(({ execution, searchAttributes }) => {
        const customerId = customerIdOf(execution?.workflowId ?? '')
        const attributes = decodeTypedSearchAttributes(searchAttributes?.indexedFields)
        // A workflow of our type that was started by hand may have any id.
        return customerId === null ? [] : [{ customerId, ...whyStuck(attributes) }]
      })
    const hasMore = Boolean(nextPageToken?.length)
    return {
      customers,
      count: hasMore ? (await this.#client.workflow.count(query)).count : customers.length,
      condition,
    }
  }
}

function conditionOf(versions: QueueVersions): string {
  return `${TASK_FAILS} OR (${versionWithoutWorkers(versions)})`
}

/** Such as `category=WorkflowTaskFailed` and `cause=WorkflowTaskFailedCauseNonDeterministicError`, of which the latter names the cause. */
function whyStuck(attributes: ReturnType<typeof decodeTypedSearchAttributes>): Pick<StuckCustomer, 'kind' | 'cause'> {
  const problems = attributes.get(PROBLEMS) ?? []
  if (problems.length === 0) return { kind: 'version-without-workers', cause: attributes.get(VERSION) ?? 'unknown' }
  const valueOf = (name: string) => problems.find((each) => each.startsWith(`${name}=`))?.slice(name.length + 1)
  const cause = valueOf('cause')?.replace(/^WorkflowTaskFailedCause/, '') ?? valueOf('category') ?? 'unknown'
  return { kind: 'task-fails', cause }
}

/**
 * The reset run goes to the current version for one workflow task. Afterwards its version is what the worker says, so that it moves at
 * the next upgrade like any other run. Any other override would stay: pinned, the customer would never move; with `autoUpgrade`, a run
 * would move in the middle of its history.
 */
function moveTo(current: DeploymentVersion | null) {
  // Without a current version an earlier override is removed, so that the run goes to workers without a version.
  const versioningOverride = current === null ? null : { oneTime: { targetDeploymentVersion: current } }
  const updateMask = { paths: ['versioning_override'] }
  return { updateWorkflowOptions: { workflowExecutionOptions: { versioningOverride }, updateMask } }
}
