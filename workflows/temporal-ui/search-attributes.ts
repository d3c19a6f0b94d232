// The search attributes, by which operators find customers by phase, by attention reason and by the step that waits.

import { defineSearchAttributeKey } from '@temporalio/common'
import { upsertSearchAttributes, workflowInfo } from '@temporalio/workflow'
import { attentionKeywords } from '../../domain/attention.ts'
import type { Customer } from '../customer/customer.ts'

const PHASE = defineSearchAttributeKey('OnboardingPhase', 'KEYWORD')
const ATTENTION = defineSearchAttributeKey('OnboardingAttention', 'KEYWORD_LIST')
const WAITING = defineSearchAttributeKey('OnboardingWaiting', 'KEYWORD')

/** Each upsert costs the server a write to Visibility, so that it is left out when nothing has changed. */
export function updateSearchAttributes({ phase, state, pendingStep }: Customer): void {
  const shown = workflowInfo().typedSearchAttributes
  const attention = attentionKeywords(state.parked).sort()
  const waiting = pendingStep.waiting?.step ?? null
  const isAttentionShown = (shown.get(ATTENTION) ?? []).toSorted().join() === attention.join()
  const changes = [
    ...(shown.get(PHASE) === phase ? [] : [{ key: PHASE, value: phase }]),
    ...(isAttentionShown ? [] : [{ key: ATTENTION, value: attention }]),
    // `null` unsets an attribute.
    ...((shown.get(WAITING) ?? null) === waiting ? [] : [{ key: WAITING, value: waiting }]),
  ]
  if (changes.length > 0) upsertSearchAttributes(changes)
}
