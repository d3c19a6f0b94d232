// The list of customers, out of Temporal's index of runs.

import type { Client } from '@temporalio/client'
import { defineSearchAttributeKey } from '@temporalio/common'
import { decodeTypedSearchAttributes } from '@temporalio/common/lib/converter/payload-search-attributes.js'
import { customerIdOf, ONBOARDING_WORKFLOW } from '../../domain/ids.ts'
import { reasonsIn } from '../../domain/attention.ts'
import type { AttentionReason } from '../../domain/attention.ts'
import { PHASES } from '../../domain/onboarding.ts'
import type { Phase } from '../../domain/onboarding.ts'
import { askTemporal } from './ask-temporal.ts'
import type { ListedCustomer } from '../contract/customers.ts'
import { cursorOf, pageTokenOf } from './cursor.ts'
import { Problem } from '../middleware/problem.ts'

const PHASE = defineSearchAttributeKey('OnboardingPhase', 'KEYWORD')
const ATTENTION = defineSearchAttributeKey('OnboardingAttention', 'KEYWORD_LIST')

const PAGE_SIZE = 100
// The most that Temporal puts on a page; a page of ours has rarely more earlier runs than fit on one.
const RUNS_PAGE_SIZE = 1000

/**
 * The customers of one namespace, each with the newest of their runs that is open, or that ended since they were quiet.
 * Temporal's index has a row for each run and cannot leave out those of the same customer: so what has ended is dropped
 * from a page unless it is the customer's newest run, which is asked for the whole page at once.
 */
export class CustomerList {
  readonly #client: Client
  readonly #pageSize: number

  constructor(client: Client, pageSize = PAGE_SIZE) {
    this.#client = client
    this.#pageSize = pageSize
  }

  /**
   * A page of customers, by phase and attention reason where given; `next` leads to the following one. It may have fewer
   * than fit, even none, before the last. It is true of the moment: whose run ends or begins while
   * somebody pages may come again, or be missed.
   */
  async page(filter: {
    phase?: Phase | undefined
    attention?: AttentionReason | undefined
    cursor?: string | undefined
  }): Promise<{ customers: ListedCustomer[]; next: string | null }> {
    const query = [
      `WorkflowType = '${ONBOARDING_WORKFLOW}'`,
      `ExecutionStatus IN ('Running', 'Completed')`,
      ...(filter.phase ? [`OnboardingPhase = '${filter.phase}'`] : []),
      ...(filter.attention ? [`OnboardingAttention = '${filter.attention}'`] : []),
    ].join(' AND ')
    const pageToken = filter.cursor === undefined ? null : pageTokenOf(filter.cursor, query)
    if (filter.cursor !== undefined && pageToken === null) throw invalidCursor()

    return await askTemporal(this.#client, async () => {
      const { executions, nextPageToken } = await this.#client.workflowService.listWorkflowExecutions({
        namespace: this.#client.options.namespace,
        pageSize: this.#pageSize,
        query,
        ...(pageToken && { nextPageToken: pageToken }),
      })
      // Somebody may have started a workflow of our type by hand, under any id.
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
        const phase = PHASES.find((name) => name === attributes.get(PHASE)) ?? null
        return [{ customerId, phase, attention: reasonsIn(attributes.get(ATTENTION) ?? []) }]
      })
      return { customers, next: cursorOf(nextPageToken, query) }
    })
  }

  /** The run of each that began last, whatever became of it; one that renewed itself goes on as another. */
  async #newestRuns(workflowIds: string[]): Promise<Map<string, string>> {
    const newest = new Map<string, { runId: string; startTime: Date }>()
    if (workflowIds.length === 0) return new Map()
    const ids = [...new Set(workflowIds)].map((workflowId) => `'${workflowId}'`).join(', ')
    const query = `WorkflowId IN (${ids}) AND ExecutionStatus != 'ContinuedAsNew'`
    for await (const { workflowId, runId, startTime } of this.#client.workflow.list({
      query,
      pageSize: RUNS_PAGE_SIZE,
    })) {
      const known = newest.get(workflowId)
      if (!known || known.startTime < startTime) newest.set(workflowId, { runId, startTime })
    }
    return new Map([...newest].map(([workflowId, { runId }]) => [workflowId, runId]))
  }
}

function invalidCursor(): Problem {
  const detail = 'The cursor is not the `next` of an earlier page of the same list. Start from the first page.'
  return new Problem('invalid-query', { detail })
}
