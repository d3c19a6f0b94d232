// What of a customer's file is put aside until a person or a newer value lets it be tried again (G9).

import type { Field, Values } from '../../domain/crm.ts'
import type { Refusal } from '../../domain/failures.ts'
import type { Attention } from '../../domain/onboarding-status.ts'
import type { Step } from '../../domain/onboarding.ts'
import type { CustomerState } from './state.ts'
import { hasNewer, mark } from './field-values.ts'

/** The steps that are about the firm; what was refused of a former one says nothing of the next. */
export const FIRM_STEPS: Step[] = ['company', 'association', 'company-update']

/** What is known of a refusal when a customer is parked. */
export type Parking = Pick<Refusal, 'reason' | 'message' | 'fields' | 'correlationId'>

/**
 * Puts a step, or single fields of it, aside; answers whether it did.
 *
 * @param told what HubSpot refused; when a newer value came in meanwhile, there is nothing to wait for
 */
export function putAside(state: CustomerState, step: Step, refusal: Parking, told: Values): boolean {
  // HubSpot may name properties that are none of ours; of those no event will ever bring a value.
  const fields = refusal.fields.filter((field) => field in told)
  if (hasNewer(state.fields, told, fields)) return false
  const { reason, message } = refusal
  const since = new Date().toISOString()
  state.parked.push({ reason, step, since, message, ...(fields.length > 0 ? { fields } : {}) })
  mark(state.fields, fields, ['pending', 'written'], 'refused')
  return true
}

/** Lets what was put aside be tried again. Whoever lets a record that people deleted be made again has it made once more. */
export function release(state: CustomerState, which: (attention: Attention) => boolean = () => true): void {
  const released = state.parked.filter(which)
  const fields = released.flatMap((attention) => attention.fields ?? [])
  mark(state.fields, fields, ['refused'], 'pending')
  for (const { reason, step } of released) {
    if (reason === 'missing-in-hubspot') delete state.recreatedAt[step === 'company-update' ? 'company' : 'contact']
  }
  state.parked = state.parked.filter((attention) => !released.includes(attention))
}

/**
 * Whether newer values, or another firm, are what the customer waits for. A record that people do not want waits for a
 * person, or for what it cannot be made without.
 *
 * @param makeable the steps of the records that can be made since these values came
 */
export function isSettledBy(news: Field[], hasMoved: boolean, makeable: Step[]): (attention: Attention) => boolean {
  return ({ reason, fields, step }) => {
    if (hasMoved && FIRM_STEPS.includes(step)) return true
    if (reason === 'missing-in-hubspot') return makeable.includes(step)
    return news.length > 0 && (!fields || fields.some((field) => news.includes(field as Field)))
  }
}

/** Of what was put aside field by field, that whose values have been written after all is over. */
export function settle(state: CustomerState): void {
  state.parked = state.parked.filter(({ fields }) => {
    return !fields || fields.some((field) => state.fields[field as Field]?.is === 'refused')
  })
}

/** Whether people do not want the record that this step writes to: then nothing goes there. */
export function isUnwanted({ parked }: CustomerState, step: Step): boolean {
  return parked.some((attention) => attention.step === step && attention.reason === 'missing-in-hubspot')
}
