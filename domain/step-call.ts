// How a workflow calls a step of the CRM: what it passes to an activity beside the draft.

import type { Crm } from './crm.ts'
import type { FailureDetails } from './failures.ts'
import type { Histories } from './histories.ts'
import type { Step } from './onboarding.ts'

/** The step that each activity belongs to. */
export const STEP_OF_ACTIVITY: { readonly [name in keyof Crm | keyof Histories]: Step } = {
  findCustomer: 'lookup',
  findCustomerOf: 'lookup',
  createCompany: 'company',
  createContact: 'contact',
  associateContact: 'association',
  moveContact: 'association',
  updateCompany: 'company-update',
  updateContact: 'contact-update',
  eraseContact: 'erasure',
  deleteEarlierRuns: 'erasure',
}

/** `live`: an event of the customer is due. `bulk`: the work of a command for many customers, which live work may overtake. */
export type Priority = 'live' | 'bulk'

/** The second argument of each activity of the CRM. */
export interface StepCall {
  priority: Priority
  /** The attempt that has failed as a local activity before this regular one. */
  failed?: FailedAttempt
  /** No regular activity follows the local one. So the local one always makes its call, and waits for the response. */
  isOnlyLocal?: true
  /** Since when an earlier run waits for the step, in milliseconds since the epoch: that run has cancelled the call. Absent: none does. */
  waitsSince?: number
  /** The local activity before this one has sent a write and takes long. Its call goes on in the worker that made it. */
  isStarted?: true
}

/** A failed attempt, as it crosses Temporal; without personal data (G11). */
export interface FailedAttempt {
  /** The kind of failure, such as `HubSpotUnavailable`. */
  type: string
  message: string
  details: FailureDetails
  /** Pause before the next attempt in milliseconds; `null` leaves it to the retry policy. */
  retryAfterMs: number | null
  /** A write got no response, so that the CRM may execute it late. */
  isUnanswered: boolean
  /** Whether the failure counts towards the limit of its kind (`RetryLimit`). */
  isCounted: boolean
}

/** The failure types of a local activity that goes on as a regular one at once: it has written nothing, or it has and takes long. */
export const NOT_LOCAL = 'NotLocal'
export const TAKES_LONG = 'TakesLong'
