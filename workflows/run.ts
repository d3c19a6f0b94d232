// How an onboarding waits: when the history has grown long, the run continues as new at its next wait.

import {
  allHandlersFinished,
  CancellationScope,
  condition,
  makeContinueAsNewFunc,
  workflowInfo,
} from '@temporalio/workflow'
import type { Customer } from './customer/customer.ts'
import type { CustomerState } from './customer/state.ts'
import type { RunSettings } from './messages.ts'

// With worker versioning a run stays on the version that it started on, and the next run starts on the current one. So code
// may change without regard to old histories, as long as the old workers run. Without versioning this has no effect.
const startNextRun = makeContinueAsNewFunc<(input: OnboardingInput) => Promise<CustomerState>>({
  initialVersioningBehavior: 'AUTO_UPGRADE',
})

/** The start of a run: a new customer, or the state of the previous run, and its settings. */
export interface OnboardingInput {
  customerId: string
  settings?: RunSettings
  state?: CustomerState
}

// Temporal warns at 4,096 events and fails the workflow at 51,200. A short history also replays fast after a worker's crash (G8).
// During a call to the CRM, signals make the history longer; at three times the length the run cancels the call.
const CONTINUE_AS_NEW_AT_EVENTS = 300
const CANCEL_CALLS_AT_MULTIPLE = 3
const IDLE_DAYS = 30

/** The waits of one run. The next run starts the story again and skips the steps that are done. */
export class Run {
  readonly #customer: Customer
  /** The settings as given at the start. A missing setting stays missing, so that a later version's default applies to it. */
  readonly #given: RunSettings
  readonly #settings: { idleDays: number | null; continueAsNewAtEvents: number }
  #isContinueAsNewRequested = false

  constructor(customer: Customer, settings: RunSettings = {}) {
    const { idleDays = IDLE_DAYS, continueAsNewAtEvents = CONTINUE_AS_NEW_AT_EVENTS } = settings
    this.#customer = customer
    this.#given = settings
    this.#settings = { idleDays, continueAsNewAtEvents }
  }

  /** Waits until a condition holds. */
  async until(isMet: () => boolean): Promise<void> {
    await this.#wait(isMet, null)
  }

  /** Waits until a condition holds, but no longer than the idle time. Returns whether the condition holds. */
  async untilIdle(isMet: () => boolean): Promise<boolean> {
    return await this.#wait(isMet, this.#settings.idleDays)
  }

  /**
   * Calls the CRM. While HubSpot is unavailable, Temporal retries the call without limit. An erasure cancels the call, and so
   * does a history of three times the length. The next run repeats the call, which is safe (G2).
   */
  async call<T>(calling: () => Promise<T>): Promise<T> {
    const scope = new CancellationScope()
    const result = scope.run(calling)
    let isOver = false
    const end = Promise.allSettled([result]).then(() => {
      isOver = true
    })
    await Promise.race([end, condition(() => isOver || this.#mustCancelCalls())])
    if (isOver) return await result
    scope.cancel()
    await end
    return await this.continueAsNew()
  }

  /** Has this run continue as new at its next wait. */
  requestContinueAsNew(): void {
    this.#isContinueAsNewRequested = true
  }

  /** Continues as new with the state. The state includes pending values, so they need not be written before. */
  async continueAsNew(): Promise<never> {
    await condition(allHandlersFinished)
    const { state } = this.#customer
    return await startNextRun({ customerId: state.customerId, settings: this.#given, state })
  }

  async #wait(isMet: () => boolean, days: number | null): Promise<boolean> {
    const isOver = () => isMet() || this.#shouldContinueAsNew()
    for (;;) {
      if (this.#shouldContinueAsNew()) await this.continueAsNew()
      if (days === null) await condition(isOver)
      // A signal may arrive in the workflow task in which the timer fires, so the condition is checked again.
      else if (!(await condition(isOver, `${days} days`)) && !isOver()) return false
      if (isMet()) return true
    }
  }

  #shouldContinueAsNew(): boolean {
    const { continueAsNewAtEvents } = this.#settings
    return this.#isContinueAsNewRequested || this.#isErasureRequested || this.#isLongerThan(continueAsNewAtEvents)
  }

  #mustCancelCalls(): boolean {
    const { continueAsNewAtEvents } = this.#settings
    return this.#isErasureRequested || this.#isLongerThan(continueAsNewAtEvents * CANCEL_CALLS_AT_MULTIPLE)
  }

  /** An erasure starts in a new run, so it waits neither for HubSpot nor for an operator. */
  get #isErasureRequested(): boolean {
    return this.#customer.state.erasure === 'requested'
  }

  #isLongerThan(events: number): boolean {
    const { continueAsNewSuggested, historyLength } = workflowInfo()
    return continueAsNewSuggested || historyLength > events
  }
}
