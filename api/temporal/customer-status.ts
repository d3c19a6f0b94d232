// The status and the values of a customer.

import { QueryNotRegisteredError } from '@temporalio/client'
import type { Client } from '@temporalio/client'
import type { Values } from '../../domain/fields.ts'
import type { Waiting } from '../../domain/onboarding-status.ts'
import { statusOfCompleted, valuesOfCompleted } from '../../workflows/customer/completed-run.ts'
import { customerValues, onboardingStatus } from '../../workflows/messages.ts'
import type { CustomerStatus } from '../contract/customer-status.ts'
import { askNewestRun } from './newest-run.ts'
import type { TemporalUi } from './temporal-ui.ts'
import { waitingOf } from './waiting-step.ts'

/** @throws Problem 404 `unknown-customer` when the customer has no run, 503 `no-worker` when no worker answers */
export async function statusOf(client: Client, customerId: string, temporalUi: TemporalUi): Promise<CustomerStatus> {
  return await askNewestRun(client, customerId, async ({ handle, run, state }) => {
    const { pendingStep, ...status } =
      state === null ? await handle.query(onboardingStatus) : statusOfCompleted(customerId, state)
    const waiting = await waitingOf(client, run, pendingStep)
    return { ...status, waiting, links: linksOf(temporalUi, status, waiting) }
  })
}

/**
 * @returns `older-version` for a run on an older version of the workers, which does not know the question
 * @throws Problem 404 `unknown-customer` when the customer has no run, 503 `no-worker` when no worker answers
 */
export async function valuesOf(client: Client, customerId: string): Promise<Values | 'older-version'> {
  return await askNewestRun(client, customerId, async ({ handle, state }) => {
    if (state !== null) return valuesOfCompleted(customerId, state)
    return await handle.query(customerValues).catch(async (error: unknown): Promise<'older-version'> => {
      if (!(error instanceof QueryNotRegisteredError)) throw error
      // Temporal reports every failed query like that, with an encrypted message. A run that answers the status is not stuck.
      await handle.query(onboardingStatus)
      return 'older-version'
    })
  })
}

function linksOf(
  temporalUi: TemporalUi,
  { customerId, attention }: Pick<CustomerStatus, 'customerId' | 'attention'>,
  waiting: Waiting | null,
): CustomerStatus['links'] {
  return {
    temporal: temporalUi.onboarding(customerId),
    parked: attention && temporalUi.parked(attention.reason),
    waiting: waiting && temporalUi.waiting(waiting.step),
  }
}
