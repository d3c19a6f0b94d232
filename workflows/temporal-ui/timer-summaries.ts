// Says in the Temporal UI what each timer is for, such as `Idle until 26 December 2026`. Loaded as an interceptor by worker/bundle.ts.

import type { TimerInput, WorkflowInterceptorsFactory } from '@temporalio/workflow'
import type { Customer } from '../customer/customer.ts'
import { timeText } from './time-text.ts'

// A workflow has modules of its own, so this is the customer of one run.
let shown: Customer | null = null

/** From now on timers start for this customer. */
export function showTimersOf(customer: Customer): void {
  shown = customer
}

/**
 * A summary is no part of what a replay compares. The interceptor adds no step of its own before the timer's end, so that it changes
 * no order either.
 */
export const interceptors: WorkflowInterceptorsFactory = () => ({
  outbound: [{ startTimer: (input, next) => next(withSummary(input)) }],
})

function withSummary(input: TimerInput): TimerInput {
  const summary = summaryOf(input.durationMs)
  return summary === null ? input : { ...input, options: { summary, ...input.options } }
}

// The shortest timer there is: it ends a workflow task, so that Temporal stores the results of its local activities (run.ts).
const NEXT_TASK_MS = 1

function summaryOf(durationMs: number): string | null {
  if (durationMs === NEXT_TASK_MS) return 'Stores the results of the local activities'
  return shown === null ? null : purposeOf(shown, Date.now(), durationMs)
}

/** What a customer waits for: first what is due at the timer's end, then the wait that fits where the customer is. */
function purposeOf(customer: Customer, now: number, durationMs: number): string {
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
