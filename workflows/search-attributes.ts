// Keeps the search attributes true, so that operators find customers by phase and by what they wait for.

import { defineSearchAttributeKey } from '@temporalio/common'
import { condition, isCancellation, upsertSearchAttributes, workflowInfo } from '@temporalio/workflow'
import type { AttentionReason } from '../domain/onboarding.ts'
import type { Customer } from './customer-state.ts'

const PHASE = defineSearchAttributeKey('OnboardingPhase', 'KEYWORD')
const ATTENTION = defineSearchAttributeKey('OnboardingAttention', 'KEYWORD_LIST')

/**
 * Runs beside the story for as long as the workflow does. Each write costs the server a row in its index, and a smooth
 * onboarding is over in a blink: its phases on the way are shown only when they last.
 */
export function showInSearches(customer: Customer): void {
  let isSlow = false
  const noticeSlowness = async (): Promise<void> => {
    isSlow = !(await condition(() => customer.phase === 'onboarded', '2 seconds'))
  }

  const isWorthShowing = (): boolean =>
    isSlow || ['onboarded', 'erased'].includes(customer.phase) || customer.state.parked.length > 0
  const hasNews = (): boolean =>
    (isWorthShowing() && shownPhase() !== customer.phase) || shownAttention() !== attentionOf(customer).join()
  const show = async (): Promise<never> => {
    for (;;) {
      await condition(hasNews)
      upsertSearchAttributes([
        { key: PHASE, value: customer.phase },
        { key: ATTENTION, value: attentionOf(customer) },
      ])
    }
  }

  // Both end with the workflow, by its cancellation at the latest; nobody else waits for them.
  Promise.all([noticeSlowness(), show()]).catch((error: unknown) => {
    if (!isCancellation(error)) throw error
  })
}

function attentionOf(customer: Customer): AttentionReason[] {
  return [...new Set(customer.state.parked.map(({ reason }) => reason))].sort()
}

function shownPhase(): string | undefined {
  return workflowInfo().typedSearchAttributes.get(PHASE)
}

function shownAttention(): string {
  return (workflowInfo().typedSearchAttributes.get(ATTENTION) ?? []).toSorted().join()
}
