// A customer as a line of a list, from the search attributes of their newest run.

import { defineSearchAttributeKey } from '@temporalio/common'
import type { TypedSearchAttributes } from '@temporalio/common'
import { reasonsIn } from '../../domain/attention.ts'
import { PHASES } from '../../domain/onboarding.ts'
import type { ListedCustomer } from '../contract/customers.ts'

const PHASE = defineSearchAttributeKey('OnboardingPhase', 'KEYWORD')
const ATTENTION = defineSearchAttributeKey('OnboardingAttention', 'KEYWORD_LIST')

/** @param attributes `undefined` when Temporal has no run of the customer */
export function listedCustomer(
  customerId: string,
  attributes: Pick<TypedSearchAttributes, 'get'> | undefined,
): ListedCustomer {
  const phase = PHASES.find((name) => name === attributes?.get(PHASE)) ?? null
  return { customerId, phase, attention: reasonsIn(attentionIn(attributes)) }
}

/** The keywords of `OnboardingAttention`: reasons, and reasons with their steps. */
export function attentionIn(attributes: Pick<TypedSearchAttributes, 'get'> | undefined): string[] {
  return attributes?.get(ATTENTION) ?? []
}
