// The customer as operators see it: no values, only where the customer is and what happened.

import type { OnboardingStatus } from '../../domain/onboarding-status.ts'
import { STEPS } from '../../domain/onboarding.ts'
import type { Field } from '../../domain/fields.ts'
import type { FieldState } from '../../domain/onboarding.ts'
import type { Customer } from './customer.ts'
import type { FieldValue, FieldValues } from './field-values.ts'
import { isUnconfirmed } from './read-back.ts'
import type { ReadBack } from './read-back.ts'

export function statusOf({ state, phase }: Customer): OnboardingStatus {
  const { contact, company } = state
  // An attention that blocks the onboarding comes before a rejected field.
  const parked = state.parked.toSorted((one, other) => STEPS.indexOf(one.step) - STEPS.indexOf(other.step))
  return {
    customerId: state.customerId,
    phase,
    attention: parked[0] ?? null,
    parked,
    pendingStep: state.pendingStep && { ...state.pendingStep, since: new Date(state.pendingStep.since).toISOString() },
    hubspot: {
      contactId: contact.reference?.contactId ?? null,
      companyId: company.reference?.companyId ?? null,
      contactUrl: contact.reference?.url ?? null,
      companyUrl: company.reference?.url ?? null,
      contactOutcome: contact.reference?.outcome ?? null,
      companyOutcome: company.reference?.outcome ?? null,
    },
    fields: Object.fromEntries(
      [contact, company].flatMap(shownFields).map(([field, of, at]) => [field, { state: of, at: time(at) }]),
    ),
    lastEventAt: time(state.lastEventAt),
    lastWrittenAt: time(state.lastWrittenAt),
    malformedEvents: state.malformedEvents,
    lateEvents: state.lateEvents,
    unknownEvents: state.unknownSignals.length,
    timeline: state.timeline,
  }
}

/**
 * Each field with its state and event time. A field that was in a write without a response counts as pending until it is read back
 * (G12).
 */
function shownFields(record: { fields: FieldValues; readBack: ReadBack | null }): [Field, FieldState, number][] {
  const entries = Object.entries(record.fields) as [Field, FieldValue][]
  return entries.map(([field, { state, at }]) => {
    const isAnswered = state === 'written' || state === 'kept'
    const isPending = isAnswered && isUnconfirmed(record.readBack, field)
    return [field, isPending ? 'pending' : state, at]
  })
}

function time(ms: number | null): string | null {
  return ms === null ? null : new Date(ms).toISOString()
}
