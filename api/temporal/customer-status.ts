// The status and the values of a customer.

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

/** @throws Problem 404 `unknown-customer` when the customer has no run, 503 `no-worker` when no worker answers */
export async function valuesOf(client: Client, customerId: string): Promise<Values> {
  return await askNewestRun(client, customerId, async ({ handle, state }) =>
    state === null ? await handle.query(customerValues) : valuesOfCompleted(customerId, state),
  )
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
