// The parked customers by reason and step, those with the oldest run first.

import type { Client } from '@temporalio/client'
import { decodeTypedSearchAttributes } from '@temporalio/common/lib/converter/payload-search-attributes.js'
import { optionalTsToMs } from '@temporalio/common/lib/time.js'
import { ATTENTION_REASONS, attentionKeyword } from '../../domain/attention.ts'
import type { AttentionReason } from '../../domain/attention.ts'
import { customerIdOf } from '../../domain/ids.ts'
import { STEPS } from '../../domain/onboarding.ts'
import type { Step } from '../../domain/onboarding.ts'
import { askTemporal } from './ask-temporal.ts'
import { attentionIn } from './listed-customer.ts'
import { parkedBy } from './parked-customers.ts'

// Temporal's largest page.
const LISTED_RUNS = 1000

/** The customers of one reason and step. */
export interface ParkedGroup {
  reason: AttentionReason
  step: Step
  /** The ids, the oldest run first: Visibility does not know since when somebody is parked. */
  customerIds: string[]
}

export interface ParkedList {
  /** Each reason and step with somebody, in the order of the table of reasons. */
  groups: ParkedGroup[]
  /** More customers are parked than the list holds. */
  hasMore: boolean
}

/**
 * Up to 1,000 parked customers, by one query.
 *
 * @throws Problem 503
 */
export async function listParked(client: Client): Promise<ParkedList> {
  const { executions, nextPageToken } = await askTemporal(
    client,
    async () =>
      await client.workflowService.listWorkflowExecutions({
        namespace: client.options.namespace,
        pageSize: LISTED_RUNS,
        query: parkedBy(...ATTENTION_REASONS),
      }),
  )
  const runs = executions
    .map(({ execution, startTime, searchAttributes }) => ({
      customerId: customerIdOf(execution?.workflowId ?? ''),
      startedAt: optionalTsToMs(startTime) ?? 0,
      keywords: attentionIn(decodeTypedSearchAttributes(searchAttributes?.indexedFields)),
    }))
    .toSorted((one, other) => one.startedAt - other.startedAt)
  const groups = ATTENTION_REASONS.flatMap((reason) =>
    STEPS.map((step) => {
      const here = runs.filter(({ keywords }) => keywords.includes(attentionKeyword(reason, step)))
      return { reason, step, customerIds: here.flatMap(({ customerId }) => customerId ?? []) }
    }),
  )
  return {
    groups: groups.filter(({ customerIds }) => customerIds.length > 0),
    hasMore: Boolean(nextPageToken?.length),
  }
}
