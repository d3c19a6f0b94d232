// The customer's file as people may see it: no values, only where the customer is and what happened.

import { STEPS } from '../../domain/onboarding.ts'
import type { OnboardingStatus } from '../../domain/onboarding-status.ts'
import type { Customer } from './customer.ts'

export function statusOf({ state, phase }: Customer): OnboardingStatus {
  const { contact, company } = state
  // What holds up the onboarding itself comes before a field that was not taken later on.
  const parked = state.parked.toSorted((one, other) => STEPS.indexOf(one.step) - STEPS.indexOf(other.step))
  return {
    customerId: state.customerId,
    phase,
    attention: parked[0] ?? null,
    parked,
    hubspot: {
      contactId: contact?.contactId ?? null,
      companyId: company?.companyId ?? null,
      contactUrl: contact?.url ?? null,
      companyUrl: company?.url ?? null,
      contactOutcome: contact?.outcome ?? null,
      companyOutcome: company?.outcome ?? null,
    },
    fields: Object.fromEntries(
      Object.entries(state.fields).map(([field, { is, at }]) => [field, { state: is, at: time(at) }]),
    ),
    lastEventAt: time(state.lastEventAt),
    lastWrittenAt: time(state.lastWrittenAt),
    malformedEvents: state.malformedEvents,
    timeline: state.timeline,
  }
}

function time(ms: number | null): string | null {
  // A signal may carry any finite number, and `toISOString` throws beyond the range of dates (G7).
  return ms === null || Math.abs(ms) > 8.64e15 ? null : new Date(ms).toISOString()
}
