// What every wait of an onboarding has in common: the run renews itself before its history grows too long.

import { allHandlersFinished, condition, continueAsNew, workflowInfo } from '@temporalio/workflow'
import type { Customer, CustomerState } from './customer-state.ts'

/** What an onboarding starts from: a new customer, or all that the earlier run knew. */
export type OnboardingInput = Partial<CustomerState> & { customerId: string }

// Temporal warns at 4,096 events and stops at 51,200; a short history also replays fast after a worker's death (G8).
const RENEW_AT_EVENTS = 500

/** Waits until something is so, renewing the run meanwhile when it must be; a renewed run begins its story anew and skips what is done. */
export async function until(customer: Customer, isSo: () => boolean): Promise<void> {
  do {
    if (mustRenew()) {
      await condition(allHandlersFinished)
      // Pending values travel in the state, so nothing has to be written before.
      await continueAsNew<(input: OnboardingInput) => Promise<void>>(customer.state)
    }
    await condition(() => isSo() || mustRenew())
  } while (!isSo())
}

function mustRenew(): boolean {
  return workflowInfo().continueAsNewSuggested || workflowInfo().historyLength > RENEW_AT_EVENTS
}
