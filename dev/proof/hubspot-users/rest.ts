// Waits until the customers of a story have come to rest.

import { setTimeout as sleep } from 'node:timers/promises'
import type { CustomerStatus } from '../../../api/contract/customer-status.ts'

/** onramp as a story uses it. */
export interface Onboardings {
  /** The customer's status; `null` while it is unavailable. */
  status: (customerId: string) => Promise<CustomerStatus | null>
  /** Whether the customer's onboarding has a run that has not completed. */
  isRunning: (customerId: string) => Promise<boolean>
}

// A look-up takes a moment, in which a customer who is in HubSpot already shows this phase as well.
const AWAITING_MS = 1500
const POLL_EVERY_MS = 150

/**
 * Waits until all is written and, for `idle`, until the runs have completed. Parked customers never complete, nor do those whose
 * registration is missing.
 *
 * @throws Error when that takes longer than `timeoutMs`
 */
export async function waitUntil(
  how: 'rest' | 'idle',
  customerIds: string[],
  { onboardings, timeoutMs }: { onboardings: Onboardings; timeoutMs: number },
): Promise<CustomerStatus[]> {
  const deadline = Date.now() + timeoutMs
  return await Promise.all(
    customerIds.map(async (customerId) => {
      let awaitingSince = Infinity
      for (;;) {
        const isIdle = how === 'idle' && !(await onboardings.isRunning(customerId))
        const status = await onboardings.status(customerId)
        const isAwaiting = status?.phase === 'awaiting-registration' && status.parked.length === 0
        awaitingSince = isAwaiting ? Math.min(awaitingSince, Date.now()) : Infinity
        if (status && (isIdle || isAtRest(status, how) || Date.now() - awaitingSince > AWAITING_MS)) return status
        if (Date.now() > deadline) throw new Error(`${customerId} does not come to ${how}: ${JSON.stringify(status)}`)
        await sleep(POLL_EVERY_MS)
      }
    }),
  )
}

function isAtRest({ phase, parked, fields }: CustomerStatus, how: 'rest' | 'idle'): boolean {
  // An erasure that cancelled a call looks again an hour later.
  if (phase === 'erased' || phase === 'erasing' || parked.length > 0) return true
  return how === 'rest' && phase === 'onboarded' && Object.values(fields).every(({ state }) => state !== 'pending')
}
