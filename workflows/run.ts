// What every wait of an onboarding has in common: the run renews itself before its history grows too long.

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

// With worker versioning a run stays on the version that it began on, and the next one begins on the current one; without,
// this says nothing. So code may change without a trace in old histories, for as long as old workers are kept.
const beginAnew = makeContinueAsNewFunc<(input: OnboardingInput) => Promise<CustomerState>>({
  initialVersioningBehavior: 'AUTO_UPGRADE',
})

/** What an onboarding starts from: a new customer, or all that the earlier run knew; and how it is to be run. */
export interface OnboardingInput {
  customerId: string
  settings?: RunSettings
  state?: CustomerState
}

// Temporal warns at 4,096 events and stops at 51,200; a short history also replays fast after a worker's death (G8). What
// arrives during a call to HubSpot comes on top, and a call that is still tried again at three times that is cut.
const RENEW_AT_EVENTS = 300
const CUT_AT_TIMES = 3
const IDLE_DAYS = 30

/** One run's way of waiting. Whatever waits here is left for a new run when it must be; that begins the story anew and skips what is done. */
export class Run {
  readonly #customer: Customer
  readonly #settings: RunSettings

  constructor(customer: Customer, { idleDays = IDLE_DAYS, renewAtEvents = RENEW_AT_EVENTS }: RunSettings = {}) {
    this.#customer = customer
    this.#settings = { idleDays, renewAtEvents }
  }

  /** Waits until something is so. */
  async until(isSo: () => boolean): Promise<void> {
    do {
      if (this.#mustRenew()) await this.renew()
      await condition(() => isSo() || this.#mustRenew())
    } while (!isSo())
  }

  /** Waits until something is so, for as many days as a quiet customer is kept; answers whether it is so. */
  async untilOrQuiet(isSo: () => boolean): Promise<boolean> {
    const { idleDays } = this.#settings
    if (typeof idleDays !== 'number') return await this.until(isSo).then(() => true)
    do {
      if (this.#mustRenew()) await this.renew()
      const hasNews = await condition(() => isSo() || this.#mustRenew(), `${idleDays} days`)
      // Something may have come in the very moment in which the time was over.
      if (!hasNews && !isSo() && !this.#mustRenew()) return false
    } while (!isSo())
    return true
  }

  /**
   * Does something in the CRM. While HubSpot is down that may take for ever: an erasure does not wait for it, nor does a
   * history that has grown far too long. Then it is cut and left for the next run, since all of it may be repeated (G2).
   */
  async act<T>(acting: () => Promise<T>): Promise<T> {
    const scope = new CancellationScope()
    const act = scope.run(acting)
    let isOver = false
    const end = Promise.allSettled([act]).then(() => {
      isOver = true
    })
    await Promise.race([end, condition(() => isOver || this.#mustCut())])
    if (isOver) return await act
    scope.cancel()
    await end
    return await this.renew()
  }

  /** Hands everything to a new run. Pending values travel in the state, so nothing has to be written before. */
  async renew(): Promise<never> {
    await condition(allHandlersFinished)
    return await beginAnew({
      customerId: this.#customer.state.customerId,
      settings: this.#settings,
      state: this.#customer.state,
    })
  }

  #mustRenew(): boolean {
    return this.#isLongerThan(this.#renewAtEvents) || this.#customer.isRenewalAsked || this.#isToErase
  }

  #mustCut(): boolean {
    return this.#isLongerThan(this.#renewAtEvents * CUT_AT_TIMES) || this.#isToErase
  }

  /** An erasure begins in a new run, so that whatever waits for HubSpot or for a person no longer does. */
  get #isToErase(): boolean {
    return this.#customer.state.erasure === 'asked'
  }

  get #renewAtEvents(): number {
    return this.#settings.renewAtEvents ?? RENEW_AT_EVENTS
  }

  #isLongerThan(events: number): boolean {
    const { continueAsNewSuggested, historyLength } = workflowInfo()
    return continueAsNewSuggested || historyLength > events
  }
}
