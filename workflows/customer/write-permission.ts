// Decides whether changes may be written to a record.

import type { Attention } from '../../domain/onboarding-status.ts'
import type { Step } from '../../domain/onboarding.ts'
import type { CustomerState } from './state.ts'

/** Whether the record of an update step is parked as missing, since HubSpot users do not want the record. */
export function isUnwanted(parked: readonly Attention[], step: Step): boolean {
  return parked.some((attention) => attention.step === step && attention.reason === 'missing-in-hubspot')
}

/** True unless an erasure is requested, or the whole update step is parked. Parked fields do not stop the other fields. */
export function mayWrite(
  { parked, erasure }: Readonly<Pick<CustomerState, 'parked' | 'erasure'>>,
  step: Step,
): boolean {
  return erasure === 'none' && !parked.some((attention) => attention.step === step && attention.fields === undefined)
}
