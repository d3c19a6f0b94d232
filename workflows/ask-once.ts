// Asks the CRM a question for the API, which has no access to the CRM itself and waits for the answer.

import { proxyLocalActivities, TemporalFailure } from '@temporalio/workflow'
import type { Crm } from '../domain/crm.ts'
import type { StepCall } from '../domain/step-call.ts'
import { rejectionIn } from './rejection.ts'

type Question = 'findCustomer' | 'findCustomerOf'

// The API waits for about three seconds (api/temporal/customer-lookup.ts). A local activity has its timeout in the worker, which is
// exact: a timer of Temporal's may be a second late, and the answer `unavailable` would then be too late. For the same reason
// there is one attempt. An operator repeats the request.
const crm = proxyLocalActivities<{
  [Name in Question]: (asked: Parameters<Crm[Name]>[0], how: StepCall) => ReturnType<Crm[Name]>
}>({
  startToCloseTimeout: '2 seconds',
  retry: { maximumAttempts: 1 },
})

const ONLY_LOCAL: StepCall = { priority: 'live', isOnlyLocal: true }

/**
 * `unavailable`: the CRM did not say. `of-another-customer`: a CRM that ignores letter case takes the id for another customer's.
 * The API deletes the history, since question and answer may hold personal data.
 */
export async function askOnce<Name extends Question>(
  name: Name,
  asked: Parameters<Crm[Name]>[0],
): Promise<Awaited<ReturnType<Crm[Name]>> | 'unavailable' | 'of-another-customer'> {
  type Ask = (question: typeof asked, how: StepCall) => Promise<Awaited<ReturnType<Crm[Name]>>>
  try {
    return await (crm[name] as Ask)(asked, ONLY_LOCAL)
  } catch (error) {
    // Temporal reports a local activity that failed, timed out or was cancelled by failures of several types.
    if (!(error instanceof TemporalFailure)) throw error
    return rejectionIn(error)?.reason === 'contact-of-another-customer' ? 'of-another-customer' : 'unavailable'
  }
}
