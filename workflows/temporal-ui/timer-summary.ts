// Says in the Temporal UI what a timer is for, such as `Idle until 26 December 2026`.

import type { Customer } from '../customer/customer.ts'
import { timeText } from './time-text.ts'

/** What a customer waits for: first what is due at the timer's end, then the wait that fits where the customer is. */
export function timerSummary(customer: Customer, durationMs: number): string {
  const now = Date.now()
  const endsAt = now + durationMs
  const end = timeText(endsAt, now)
  const due = dueTimes(customer).find(({ at }) => at === endsAt)
  if (due !== undefined) return `Waits until ${end}, then ${due.what}`
  const { pendingStep } = customer.state
  if (pendingStep !== null) return `Waits for ${pendingStep.step} until ${end}, then shows it as waiting`
  if (customer.hasWork) return `Waits until ${end}, then repeats the step`
  return customer.parking.isEmpty ? `Idle until ${end}` : `Waits for an operator; looks again at the idle time, ${end}`
}

function dueTimes({ company, contact, parking, erasure, registration }: Customer) {
  return [
    { at: company.readBackAt, what: 'reads the company back' },
    { at: contact.readBackAt, what: 'reads the contact back' },
    { at: parking.nextAttemptAt, what: 'tries again what is parked' },
    { at: erasure.looksAgainAt, what: 'looks for the contact again' },
    { at: registration.overdueAt, what: 'asks for attention, since the registration is missing' },
  ]
}
