// The errors of a CRM: a rejection parks the customer, a failure is retried.

import type { AttentionReason } from './attention.ts'
import type { AnsweredBy } from './onboarding.ts'

/** The failure type with which an activity reports a rejection to its workflow. */
export const CRM_REJECTION = 'CrmRejection'

/** A rejection as it crosses Temporal. It names fields, never their values: failure details show in the Temporal UI (G11). */
export interface Rejection {
  reason: AttentionReason
  /** For operators: what is wrong and what to do. */
  message: string
  /** The rejected fields, in the product's words; empty when the CRM named none. */
  fields: string[]
  /** The CRM's own words for what is wrong, such as INVALID_EMAIL; absent when it sent none. */
  codes?: string[]
  correlationId: string | null
  /** An earlier attempt got no response, as in `CrmResponse`. The frame in activities/ sets it. */
  unanswered?: true
}

/** The CRM rejects a call for good: the customer is parked until an operator or a newer event changes something (G9). */
export class CrmRejection extends Error {
  override name = 'CrmRejection'
  readonly rejection: Rejection

  /** @param summary the failure's message in the Temporal UI and the log */
  constructor(rejection: Rejection, summary: string = rejection.message) {
    super(summary)
    this.rejection = rejection
  }
}

/** How long a kind of failure is retried before it counts as a rejection. */
export interface RetryLimit {
  /** After this many failures of the kind in a row. */
  afterAttempts?: number
  /** When failures of the kind have continued for this time, in milliseconds. */
  afterMs?: number
  /** The same, but only the time counts in which the step succeeds for other customers: an outage parks nobody (G9). */
  aloneMs?: number
  rejection: Rejection
}

/** What came of an attempt that failed, for operators: the status shows it, and so does the Temporal UI. Never a value (G11). */
export interface FailureDetails {
  /** `null` when nobody has answered. */
  answeredBy: AnsweredBy | null
  /** The CRM's, such as 503; `null` without a response. */
  status: number | null
  /** The CRM's own word for the error, such as RATE_LIMITS. */
  category: string | null
  correlationId: string | null
}

/** A call that failed and is retried: the CRM is unavailable, limits calls, or answers with an error that may pass. */
export class CrmFailure extends Error {
  override name = 'CrmFailure'
  /** The kind of failure, such as `HubSpotUnavailable`; Temporal shows it, and failures in a row are counted by it. */
  readonly type: string
  /** Pause before the next attempt in milliseconds; `null` leaves it to the retry policy, whose pauses grow. */
  readonly retryAfterMs: number | null
  /**
   * `null`: retried without limit, since the failure says nothing about this call: a limit, or a token that is rejected. It
   * neither counts nor ends a series of failures.
   */
  readonly retryLimit: RetryLimit | null
  readonly details: FailureDetails
  /** The CRM does not answer, or only with an error of its own servers. Several customers who fail like that show an outage. */
  readonly isUnavailable: boolean
  /** A write got no response, so the CRM may have executed it, or may execute it later. */
  readonly isUnanswered: boolean

  constructor(
    message: string,
    options: {
      type: string
      retryAfterMs: number | null
      retryLimit: RetryLimit | null
      details: FailureDetails
      isUnanswered?: boolean
      isUnavailable?: boolean
    },
  ) {
    super(message)
    this.isUnanswered = options.isUnanswered ?? false
    this.isUnavailable = options.isUnavailable ?? false
    this.type = options.type
    this.retryAfterMs = options.retryAfterMs
    this.retryLimit = options.retryLimit
    this.details = options.details
  }
}
