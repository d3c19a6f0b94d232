// What keeps changes from being written: an erasure, or a record that HubSpot users do not want.

import type { Attention } from '../../domain/onboarding-status.ts'
import type { Step } from '../../domain/onboarding.ts'
import type { CustomerState } from './state.ts'

/** Whether HubSpot users do not want the record to which this step writes: nothing is sent to it then. */
export function isUnwanted(parked: readonly Attention[], step: Step): boolean {
  return parked.some((attention) => attention.step === step && attention.reason === 'missing-in-hubspot')
}

/** Whether changes may be sent: not for a customer who is to be erased, nor to a record that HubSpot users do not want. */
export function mayWrite(
  { parked, erasure }: Readonly<Pick<CustomerState, 'parked' | 'erasure'>>,
  step: Step,
): boolean {
  return erasure === 'none' && !isUnwanted(parked, step)
}
