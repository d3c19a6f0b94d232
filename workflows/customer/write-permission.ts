// Decides whether changes may be written to a record.

import type { Attention } from '../../domain/onboarding-status.ts'
import type { Step } from '../../domain/onboarding.ts'
import type { CustomerState } from './state.ts'

/** Whether the record of an update step is parked as missing: HubSpot users do not want it. */
export function isUnwanted(parked: readonly Attention[], step: Step): boolean {
  return parked.some((attention) => attention.step === step && attention.reason === 'missing-in-hubspot')
}

/** Whether an update step may write: not during an erasure, nor while it is parked as a whole. Parked fields hold up no others. */
export function mayWrite(
  { parked, erasure }: Readonly<Pick<CustomerState, 'parked' | 'erasure'>>,
  step: Step,
): boolean {
  return erasure === 'none' && !parked.some((attention) => attention.step === step && attention.fields === undefined)
}
