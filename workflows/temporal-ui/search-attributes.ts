// Keeps the search attributes up to date, so that operators find customers by phase and by attention reason.

import { defineSearchAttributeKey } from '@temporalio/common'
import { condition, upsertSearchAttributes, workflowInfo } from '@temporalio/workflow'
import { attentionKeywords } from '../../domain/attention.ts'
import type { Customer } from '../customer/customer.ts'

const PHASE = defineSearchAttributeKey('OnboardingPhase', 'KEYWORD')
const ATTENTION = defineSearchAttributeKey('OnboardingAttention', 'KEYWORD_LIST')

/**
 * Runs in parallel until the workflow ends. Each upsert costs the server a write to Visibility, and a smooth onboarding takes
 * less than a second. So the first upsert waits up to two seconds for the customer to be onboarded, erased or parked.
 */
export async function keepSearchAttributes(customer: Customer): Promise<never> {
  const isSettled = (): boolean => ['onboarded', 'erased'].includes(customer.phase)
  const isParked = (): boolean => customer.state.parked.length > 0
  await condition(() => isSettled() || isParked(), '2 seconds')
  for (;;) {
    await condition(() => shownPhase() !== customer.phase || shownAttention() !== attentionOf(customer).join())
    upsertSearchAttributes([
      { key: PHASE, value: customer.phase },
      { key: ATTENTION, value: attentionOf(customer) },
    ])
  }
}

function attentionOf(customer: Customer): string[] {
  return attentionKeywords(customer.state.parked).sort()
}

function shownPhase(): string | undefined {
  return workflowInfo().typedSearchAttributes.get(PHASE)
}

function shownAttention(): string {
  return (workflowInfo().typedSearchAttributes.get(ATTENTION) ?? []).toSorted().join()
}
