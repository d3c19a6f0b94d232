// The customer as operators see it: no values, only where the customer is and what happened.

import type { OnboardingStatus } from '../../domain/onboarding-status.ts'
import { STEPS } from '../../domain/onboarding.ts'
import type { Customer } from './customer.ts'
import { fieldsOf } from './state.ts'

export function statusOf({ state, phase }: Customer): OnboardingStatus {
  const { contact, company } = state
  // An attention that blocks the onboarding comes before a rejected field.
  const parked = state.parked.toSorted((one, other) => STEPS.indexOf(one.step) - STEPS.indexOf(other.step))
  return {
    customerId: state.customerId,
    phase,
    attention: parked[0] ?? null,
    parked,
    hubspot: {
      contactId: contact.reference?.contactId ?? null,
      companyId: company.reference?.companyId ?? null,
      contactUrl: contact.reference?.url ?? null,
      companyUrl: company.reference?.url ?? null,
      contactOutcome: contact.reference?.outcome ?? null,
      companyOutcome: company.reference?.outcome ?? null,
    },
    fields: Object.fromEntries(
      Object.entries(fieldsOf(state)).map(([field, { state: of, at }]) => [field, { state: of, at: time(at) }]),
    ),
    lastEventAt: time(state.lastEventAt),
    lastWrittenAt: time(state.lastWrittenAt),
    malformedEvents: state.malformedEvents,
    unknownEvents: state.unknownSignals.length,
    timeline: state.timeline,
  }
}

function time(ms: number | null): string | null {
  return ms === null ? null : new Date(ms).toISOString()
}
