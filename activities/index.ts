// The worker's activities. They call any CRM through its port, send heartbeats, and report failures in Temporal's terms.

import { Context } from '@temporalio/activity'
import { ApplicationFailure, ApplicationFailureCategory } from '@temporalio/common'
import type { Crm } from '../domain/crm.ts'
import { CRM_REJECTION, CrmFailure, CrmRejection } from '../domain/failures.ts'

/** The CRM's calls as activities of the same names. */
export function createActivities(crm: Crm): Crm {
  return {
    findCustomer: (customerId) => inActivity(() => crm.findCustomer(customerId)),
    createCompany: (company) => inActivity(() => crm.createCompany(company)),
    createContact: (contact) => inActivity(() => crm.createContact(contact)),
    associateContact: (pair) => inActivity(() => crm.associateContact(pair)),
    moveContact: (move) => inActivity(() => crm.moveContact(move)),
    updateCompany: (change) => inActivity(() => crm.updateCompany(change)),
    updateContact: (change) => inActivity(() => crm.updateContact(change)),
    eraseContact: (customer) => inActivity(() => crm.eraseContact(customer)),
  }
}

/** A third of the heartbeat timeout of workflows/activities.ts. The SDK itself sends at most one heartbeat in 80 % of that timeout. */
export const HEARTBEAT_MS = 1000

/** The signal that cancels the calls of the running activity; `undefined` outside of one, as in the setup. */
export function currentCancellation(): AbortSignal | undefined {
  try {
    return Context.current().cancellationSignal
  } catch {
    return undefined
  }
}

async function inActivity<T>(call: () => Promise<T>): Promise<T> {
  const context = Context.current()
  const before = failuresIn(context.info.heartbeatDetails)
  // Each heartbeat repeats the count of failures, since Temporal keeps only the last details.
  const heartbeats = setInterval(() => context.heartbeat(before), HEARTBEAT_MS)
  try {
    return await call()
  } catch (error) {
    // Report the cancellation to Temporal, not the lost connection that it caused.
    if (context.cancellationSignal.aborted) await context.cancelled
    if (error instanceof CrmRejection) throw rejection(error)
    if (!(error instanceof CrmFailure)) throw unexpected(error)

    const failures = withOneMore(before, error.type)
    context.heartbeat(failures)
    throw mustGiveUp(error, failures)
      ? rejection(new CrmRejection(error.retryLimit.rejection, error.message))
      : retried(error)
  } finally {
    clearInterval(heartbeats)
  }
}

/** The number of failures of one type in a row. A failure of another type, such as an outage, starts a new count. */
interface ConsecutiveFailures {
  type: string
  count: number
  /** When the first of them happened, in milliseconds since the epoch. */
  since: number
}

function withOneMore(before: ConsecutiveFailures | null, type: string): ConsecutiveFailures {
  return before?.type === type ? { ...before, count: before.count + 1 } : { type, count: 1, since: Date.now() }
}

function failuresIn(details: unknown): ConsecutiveFailures | null {
  return typeof details === 'object' && details !== null && 'type' in details ? (details as ConsecutiveFailures) : null
}

function mustGiveUp(
  failure: CrmFailure,
  { count, since }: ConsecutiveFailures,
): failure is CrmFailure & { retryLimit: NonNullable<CrmFailure['retryLimit']> } {
  const { afterAttempts = Infinity, afterMs = Infinity } = failure.retryLimit ?? {}
  return failure.retryLimit !== null && (count >= afterAttempts || Date.now() - since >= afterMs)
}

/** Ends the retries; the workflow parks the customer. */
function rejection(error: CrmRejection): ApplicationFailure {
  const { message, rejection: details } = error
  return ApplicationFailure.create({ type: CRM_REJECTION, message, nonRetryable: true, details: [details] })
}

function retried({ type, message, details, retryAfterMs }: CrmFailure): ApplicationFailure {
  return ApplicationFailure.create({
    type,
    message,
    details: [details],
    // This failure is expected and retried, so Temporal logs no warning for each customer.
    category: ApplicationFailureCategory.BENIGN,
    ...(retryAfterMs !== null && { nextRetryDelay: retryAfterMs }),
  })
}

/** The text of an unexpected error may hold personal data, so only the name of the error reaches Temporal (G11). */
function unexpected(error: unknown): ApplicationFailure {
  return ApplicationFailure.retryable(`Unexpected: ${error instanceof Error ? error.name : 'no error'}`, 'Unexpected')
}
