// Reports to the worker what has happened to a customer. A sink leaves no trace in the history, and is silent during a replay.

import { inWorkflowContext, proxySinks } from '@temporalio/workflow'
import type { Sinks } from '@temporalio/workflow'
import type { Progress } from '../domain/progress.ts'
import type { Customer } from './customer/customer.ts'

export interface OnboardingSinks extends Sinks {
  onboarding: {
    progressed(progress: Progress): void
  }
}

const { onboarding } = proxySinks<OnboardingSinks>()

/** Call it after each step and before each wait. Outside of Temporal, where the steps can run as well, it reports to nobody. */
export function reportProgress(customer: Customer): void {
  if (!inWorkflowContext()) return
  for (const progress of customer.unreported.take(customer.phase)) onboarding.progressed(progress)
}
