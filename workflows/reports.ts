// Reports to the worker what has happened to a customer. A sink leaves no trace in the history, and is silent during a replay.

import { proxySinks } from '@temporalio/workflow'
import type { Sinks } from '@temporalio/workflow'
import type { Progress } from '../domain/progress.ts'
import type { Customer } from './customer/customer.ts'

export interface OnboardingSinks extends Sinks {
  onboarding: {
    progressed(progress: Progress[]): void
  }
}

const { onboarding } = proxySinks<OnboardingSinks>()

/** Call it before each wait. A report costs the worker more than a step, so that steps without a wait between share one. */
export function reportProgress(customer: Customer): void {
  customer.unreported.reached(customer.phase)
  const progress = customer.unreported.take()
  if (progress.length > 0) onboarding.progressed(progress)
}
