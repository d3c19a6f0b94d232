// Decides what a 403 is about: the token, one customer's call, or a kind of call that HubSpot forbids for everybody.

import type { CircuitBreaker } from './circuit-breaker.ts'
import { isForbidden, provesTokenValid } from './errors.ts'
import { HubSpotError } from './hubspot-error.ts'
import type { NeutralCall } from './neutral-call.ts'
import type { CallKind } from './call-kind.ts'

export interface ForbiddenCallsOptions {
  breaker: CircuitBreaker
  neutralCall: NeutralCall
  /** Seconds between a 403 and the next trial, while calls of the kind wait. */
  trialSeconds: number
  /**
   * Called once when calls of the kind begin to wait, and once when they no longer wait. `untried`: nobody knows whether HubSpot
   * still forbids them, since no customer needs one.
   */
  onChange: (kind: CallKind, change: 'waits' | 'resumes' | 'untried') => void
}

/** The 403 responses to a kind of call, in a row. A success of the kind ends the series. */
interface Series {
  customers: Set<string>
  /** `null` while calls of the kind do not wait; by `performance.now()`, which nobody sets back. */
  nextTrialAt: number | null
}

// One or two customers may have records that the token may not touch, or data that a firewall rejects. With three customers in a row
// a missing scope is more likely, which concerns all customers.
const CUSTOMERS_IN_A_ROW = 3
// A customer who waits makes a trial in each period, or in every second one.
const UNTRIED_AFTER_PERIODS = 10

/** A 403 parks one customer and not all. A missing scope parks at most the first two customers (G9). */
export class ForbiddenCalls {
  readonly #options: ForbiddenCallsOptions
  readonly #series = new Map<CallKind, Series>()

  constructor(options: ForbiddenCallsOptions) {
    this.#options = options
  }

  /** The kinds whose calls wait. */
  get waitingKinds(): CallKind[] {
    return [...this.#series].flatMap(([kind, { nextTrialAt }]) => (nextTrialAt === null ? [] : [kind]))
  }

  /**
   * @param call sends the call, and calls `admit` just before; while calls of the kind wait, `admit` throws. A call that comes back
   *   to the queue is admitted again
   * @throws HubSpotError the error of the call. A 403 without a finding is this call's own; one with a finding is retried. While
   *   calls of the kind wait, an error that asks for a pause.
   */
  async run<T>(kind: CallKind, customer: string, call: (admit: () => void) => Promise<T>): Promise<T> {
    let isTrial = false
    const admit = () => {
      isTrial ||= this.#startTrial(kind)
    }
    try {
      const result = await call(admit)
      this.#accept(kind, isTrial)
      return result
    } catch (error) {
      if (!(error instanceof HubSpotError)) throw error
      // HubSpot has looked at the request itself, so calls of the kind are allowed.
      if (error.isHubSpotsOwn && provesTokenValid(error)) this.#accept(kind, isTrial)
      throw isForbidden(error) ? await this.#judge(kind, customer, error, isTrial) : error
    }
  }

  /**
   * Calls of a kind that no customer has tried for ten periods no longer wait. Their customers stay counted. So the next 403 parks
   * nobody, and the calls wait again.
   */
  forgetUntried(): void {
    const { trialSeconds, onChange } = this.#options
    const untriedMs = (UNTRIED_AFTER_PERIODS - 1) * trialSeconds * 1000
    for (const [kind, series] of this.#series) {
      if (series.nextTrialAt === null || performance.now() < series.nextTrialAt + untriedMs) continue
      series.nextTrialAt = null
      onChange(kind, 'untried')
    }
  }

  /** One customer's call at a time is the trial. Returns whether this call is; throws when it must wait. */
  #startTrial(kind: CallKind): boolean {
    const series = this.#series.get(kind)
    if (!series || series.nextTrialAt === null) return false
    const { trialSeconds } = this.#options
    if (performance.now() < series.nextTrialAt) {
      const why = `HubSpot answers 403 to ${kind} for several customers`
      throw HubSpotError.notSent(403, why, { finding: 'calls-forbidden', pauseSeconds: trialSeconds })
    }
    series.nextTrialAt = performance.now() + trialSeconds * 1000
    return true
  }

  #accept(kind: CallKind, isTrial: boolean): void {
    const series = this.#series.get(kind)
    // A call that started before the others began to wait says nothing about the present.
    if (!series || (series.nextTrialAt !== null && !isTrial)) return
    this.#series.delete(kind)
    if (series.nextTrialAt !== null) this.#options.onChange(kind, 'resumes')
  }

  async #judge(kind: CallKind, customer: string, error: HubSpotError, isTrial: boolean): Promise<HubSpotError> {
    const { breaker, neutralCall, trialSeconds, onChange } = this.#options
    const outcome = await neutralCall()
    if (outcome === 'rejected') return breaker.open(error)
    if (outcome === 'failed') return error.found('unconfirmed')

    const series = this.#series.get(kind) ?? { customers: new Set(), nextTrialAt: null }
    this.#series.set(kind, series)
    if (series.customers.size < CUSTOMERS_IN_A_ROW) series.customers.add(customer)
    if (series.customers.size < CUSTOMERS_IN_A_ROW) return error

    if (series.nextTrialAt === null) {
      series.nextTrialAt = performance.now() + trialSeconds * 1000
      onChange(kind, 'waits')
    }
    // The customer of a failed trial waits twice as long, so that another customer's call is the next trial.
    return error.found('calls-forbidden', isTrial ? 2 * trialSeconds : trialSeconds)
  }
}
