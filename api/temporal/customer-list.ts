// The list of customers, read from Temporal's Visibility.

import type { Client } from '@temporalio/client'
import { decodeTypedSearchAttributes } from '@temporalio/common/lib/converter/payload-search-attributes.js'
import { customerIdOf, ONBOARDING_WORKFLOW } from '../../domain/ids.ts'
import type { AttentionReason } from '../../domain/attention.ts'
import type { Phase, Step } from '../../domain/onboarding.ts'
import { askTemporal } from './ask-temporal.ts'
import type { ListedCustomer } from '../contract/customers.ts'
import type { Cursors } from './cursor.ts'
import { listedCustomer } from './listed-customer.ts'
import { Problem } from '../problems/problem.ts'

const PAGE_SIZE = 100
// The largest page that Temporal returns. The customers of one of our pages rarely have more runs than that.
const RUNS_PAGE_SIZE = 1000

const STATUSES = {
  all: `ExecutionStatus IN ('Running', 'Completed')`,
  open: `ExecutionStatus = 'Running'`,
  completed: `ExecutionStatus = 'Completed'`,
}

/** Which customers a list has. `waiting`: at this step, or at `any`. `runs`: those whose newest run is open, or has completed (idle). */
export interface CustomerFilter {
  phase?: Phase | undefined
  attention?: AttentionReason | undefined
  waiting?: Step | 'any' | undefined
  runs?: keyof typeof STATUSES | undefined
}

/**
 * The customers of one namespace, each with their newest run. That run is running or has completed (idle). Visibility has a row
 * for each run and cannot group the rows by customer. So a second query per page finds the newest run of each customer whose
 * run has ended. The page skips all earlier runs.
 */
export class CustomerList {
  readonly #client: Client
  readonly #cursors: Cursors
  readonly #pageSize: number

  constructor(client: Client, cursors: Cursors, pageSize = PAGE_SIZE) {
    this.#client = client
    this.#cursors = cursors
    this.#pageSize = pageSize
  }

  /**
   * Returns a page of customers who match the filter. `next` is the cursor of the next page. Even a page before the last may have
   * few customers or none. A customer whose run starts or ends between two pages may appear twice or not at all.
   *
   * @throws Problem 422 `invalid-query` for a cursor of another list, 503
   */
  async page(
    filter: CustomerFilter & { cursor?: string | undefined },
  ): Promise<{ customers: ListedCustomer[]; next: string | null }> {
    const query = [
      `WorkflowType = '${ONBOARDING_WORKFLOW}'`,
      STATUSES[filter.runs ?? 'all'],
      ...(filter.phase ? [`OnboardingPhase = '${filter.phase}'`] : []),
      ...(filter.attention ? [`OnboardingAttention = '${filter.attention}'`] : []),
      ...(filter.waiting === 'any' ? ['OnboardingWaiting IS NOT NULL'] : []),
      ...(filter.waiting && filter.waiting !== 'any' ? [`OnboardingWaiting = '${filter.waiting}'`] : []),
    ].join(' AND ')
    const pageToken = filter.cursor === undefined ? null : this.#cursors.pageTokenOf(filter.cursor, query)
    if (filter.cursor !== undefined && pageToken === null) throw invalidCursor()

    return await askTemporal(this.#client, async () => {
      const { executions, nextPageToken } = await this.#client.workflowService.listWorkflowExecutions({
        namespace: this.#client.options.namespace,
        pageSize: this.#pageSize,
        query,
        ...(pageToken && { nextPageToken: pageToken }),
      })
      // A workflow of our type that was started by hand may have any id. The list skips such a workflow.
      const ours = executions.filter(({ execution }) => customerIdOf(execution?.workflowId ?? '') !== null)
      const runs = ours.map(({ execution, closeTime, searchAttributes }) => ({
        workflowId: execution?.workflowId ?? '',
        runId: execution?.runId ?? '',
        hasEnded: Boolean(closeTime),
        attributes: decodeTypedSearchAttributes(searchAttributes?.indexedFields),
      }))
      const newest = await this.#newestRuns(runs.filter(({ hasEnded }) => hasEnded).map(({ workflowId }) => workflowId))
      const customers = runs.flatMap(({ workflowId, runId, hasEnded, attributes }) => {
        const customerId = customerIdOf(workflowId)
        if (customerId === null || (hasEnded && newest.get(workflowId) !== runId)) return []
        return [listedCustomer(customerId, attributes)]
      })
      return { customers, next: this.#cursors.cursorOf(nextPageToken, query) }
    })
  }

  /** The newest run of each workflow, in any state except continued-as-new. */
  async #newestRuns(workflowIds: string[]): Promise<Map<string, string>> {
    const newest = new Map<string, { runId: string; startTime: Date }>()
    if (workflowIds.length === 0) return new Map()
    const ids = [...new Set(workflowIds)].map((workflowId) => `'${workflowId}'`).join(', ')
    const query = `WorkflowId IN (${ids}) AND ExecutionStatus != 'ContinuedAsNew'`
    for await (const { workflowId, runId, startTime } of this.#client.workflow.list({
      query,
      pageSize: RUNS_PAGE_SIZE,
    })) {
      const other = newest.get(workflowId)
      if (!other || other.startTime < startTime) newest.set(workflowId, { runId, startTime })
    }
    return new Map([...newest].map(([workflowId, { runId }]) => [workflowId, runId]))
  }
}

function invalidCursor(): Problem {
  const message = 'must be the `next` of an earlier page with the same filters; start again without a cursor'
  return new Problem('invalid-query', { errors: [{ path: 'cursor', message }] })
}
