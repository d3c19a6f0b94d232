// The step that a regular activity does at present, so that operators see what a customer waits for.

import type { Step } from '../../domain/onboarding.ts'
import type { CustomerState } from './state.ts'

/** The next run repeats a call that this run has cancelled. The wait then counts from the first call. */
export class PendingStep {
  readonly #state: Pick<CustomerState, 'pendingStep'>

  constructor(state: Pick<CustomerState, 'pendingStep'>) {
    this.#state = state
  }

  /** A regular activity begins to do the step. */
  begin(step: Step): void {
    if (this.#state.pendingStep?.step === step) return
    this.#state.pendingStep = { step, since: Date.now(), isLate: false }
  }

  /** The step has failed, or is not done after some seconds. */
  noteLate(): void {
    const { pendingStep } = this.#state
    if (pendingStep) this.#state.pendingStep = { ...pendingStep, isLate: true }
  }

  /** The step has ended, or is no longer due. */
  end(): void {
    this.#state.pendingStep = null
  }

  /** Since when the step is being done, also by an earlier run, in milliseconds since the epoch; `null` when it is not. */
  sinceOf(step: Step): number | null {
    const { pendingStep } = this.#state
    return pendingStep?.step === step ? pendingStep.since : null
  }

  /** The step that waits, and since when, in milliseconds since the epoch; `null` when none does. */
  get waiting(): { step: Step; since: number } | null {
    const { pendingStep } = this.#state
    return pendingStep?.isLate ? pendingStep : null
  }
}
