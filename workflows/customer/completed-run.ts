// The status and the values of a customer whose run has completed (idle), from the run's result. No worker has to replay the run.

import type { Values } from '../../domain/fields.ts'
import type { OnboardingStatus } from '../../domain/onboarding-status.ts'
import { Customer } from './customer.ts'
import type { CustomerState, StoredState } from './state.ts'
import { statusOf } from './status.ts'
import { valuesOf } from './values.ts'

/** Whether a run's result is the state of this customer. A run that was started by hand may have any result. */
export function isStateOf(customerId: string, result: unknown): result is StoredState {
  return typeof result === 'object' && result !== null && 'customerId' in result && result.customerId === customerId
}

export function statusOfCompleted(customerId: string, state: StoredState): OnboardingStatus {
  return statusOf(new Customer(customerId, state))
}

export function valuesOfCompleted(customerId: string, state: StoredState): Values {
  return valuesOf(new Customer(customerId, state))
}

/** The state with an erasure that the product has requested since. The next run carries it out. */
export function withErasure(customerId: string, state: StoredState): CustomerState {
  const customer = new Customer(customerId, state)
  customer.events.erase()
  return customer.state
}
