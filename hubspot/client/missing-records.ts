// Confirms that a record that onramp has written before is missing. A gateway or an outage may answer 404 for every record.

import { isMissing } from './errors.ts'
import { HubSpotError } from './hubspot-error.ts'
import type { NeutralCall } from './neutral-call.ts'

/** Whose call it is: the customer and the step of the running activity. */
export interface Caller {
  customer: string
  step: string
}

export interface MissingRecordsOptions {
  neutralCall: NeutralCall
  /** Seconds before a step asks again, when it finds records missing for two customers within a minute. */
  pauseSeconds: number
}

const SAME_TIME_MS = 60_000
// After the pause, a retry may have to wait for a free worker.
const RETRY_WITHIN_MS = 10 * 60_000
const ASKED_LIMIT = 1000

export class MissingRecords {
  readonly #options: MissingRecordsOptions
  /** The newest finding of each step. */
  readonly #newest = new Map<string, { customer: string; at: number }>()
  /**
   * The time at which each customer's step had to ask again. Only this process knows it: when another worker gets the retry, that
   * worker asks again if it has also found another customer's record missing within the minute. So a customer may wait one
   * pause for each worker, and no longer.
   */
  readonly #askedAt = new Map<string, number>()

  constructor(options: MissingRecordsOptions) {
    this.#options = options
  }

  /**
   * Makes a call to a record that HubSpot has given an id. A 404 without a finding means that the record is missing.
   *
   * @param caller `undefined` outside of an activity
   * @throws HubSpotError the error of the call, with a finding when the 404 does not count yet
   */
  async confirm<T>(caller: Caller | undefined, call: () => Promise<T>): Promise<T> {
    try {
      return await call()
    } catch (error) {
      throw error instanceof HubSpotError && isMissing(error) ? await this.#judge(caller, error) : error
    }
  }

  async #judge(caller: Caller | undefined, error: HubSpotError): Promise<HubSpotError> {
    if ((await this.#options.neutralCall()) !== 'succeeded') return error.found('unconfirmed')
    return caller && this.#mustAskAgain(caller) ? error.found('missing-for-several', this.#options.pauseSeconds) : error
  }

  #mustAskAgain({ customer, step }: Caller): boolean {
    const now = performance.now()
    const newest = this.#newest.get(step)
    this.#newest.set(step, { customer, at: now })

    const key = `${step} ${customer}`
    const waited = now - (this.#askedAt.get(key) ?? -Infinity)
    const pauseMs = this.#options.pauseSeconds * 1000
    if (waited < pauseMs + RETRY_WITHIN_MS) return waited < pauseMs

    if (!newest || newest.customer === customer || now - newest.at > SAME_TIME_MS) return false
    this.#remember(key, now)
    return true
  }

  /** A map keeps its order, so the first key is the oldest. */
  #remember(key: string, now: number): void {
    this.#askedAt.delete(key)
    this.#askedAt.set(key, now)
    const [oldest] = this.#askedAt.keys()
    if (this.#askedAt.size > ASKED_LIMIT && oldest !== undefined) this.#askedAt.delete(oldest)
  }
}
