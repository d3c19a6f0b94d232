// Ends what is wrong with HubSpot on a worker that makes no calls: no customer's call shows there that HubSpot answers again.

import type { Outage } from '../activities/outage.ts'
import type { HubSpot } from '../hubspot/client/client.ts'
import { hasAnswered } from '../hubspot/client/neutral-call.ts'
import { causeOf } from '../platform/error-cause.ts'
import type { Logger } from '../platform/logger.ts'

interface ProbesOptions {
  hubspot: Pick<HubSpot, 'state' | 'probe' | 'forgetUntried'>
  outage: Outage
  pauseSeconds: number
  logger: Logger
}

/**
 * Makes one neutral call in each pause while the token is rejected, the daily limit is reached or an outage is on; none while
 * nothing is wrong. A probe that the daily limit does not allow yet leaves the scheduler unsent.
 *
 * @returns a function that ends the probes
 */
export function probeHubSpot({ hubspot, outage, pauseSeconds, logger }: ProbesOptions): () => void {
  const look = async () => {
    hubspot.forgetUntried()
    const { circuit, quota } = hubspot.state()
    if (circuit.state === 'closed' && !quota.day.isReached && !outage.needsProbe) return
    if (hasAnswered(await hubspot.probe()) && outage.needsProbe) outage.answered()
  }
  const failed = (error: unknown) => logger.warn({ cause: causeOf(error) }, 'a probe of HubSpot has failed')
  const timer = setInterval(() => void look().catch(failed), pauseSeconds * 1000)
  timer.unref()
  return () => clearInterval(timer)
}
