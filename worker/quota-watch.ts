// Logs when HubSpot's quota gets short, so that calls wait for it, and when there is enough of it again.

import type { CrmState } from '../domain/crm-state.ts'
import type { Logger } from '../platform/logger.ts'

const LOOK_EVERY_MS = 1000
// A call that waits for less goes with the next batch, and nobody notices.
const SHORT_AFTER_MS = 2000
// Calls also wait while HubSpot is slow, with most of the quota left.
const SHORT_BELOW = 0.2

/** @returns a function that ends the watch */
export function watchQuota(state: () => CrmState, logger: Logger): () => void {
  let shortSince: number | null = null
  const look = () => {
    const { waiting, oldestWaitMs, quota } = state()
    const { limit, left } = quota.tenSeconds
    const count = waiting.first + waiting.live + waiting.bulk
    if (shortSince === null && (oldestWaitMs ?? 0) >= SHORT_AFTER_MS && left <= limit * SHORT_BELOW) {
      shortSince = Date.now()
      logger.warn({ count }, 'HubSpot’s quota of ten seconds is short: calls wait for it, and go together')
    } else if (shortSince !== null && count === 0) {
      const seconds = Math.round((Date.now() - shortSince) / 1000)
      shortSince = null
      logger.info({ seconds }, 'HubSpot’s quota is enough again: no call waits')
    }
  }
  const timer = setInterval(look, LOOK_EVERY_MS)
  timer.unref()
  return () => clearInterval(timer)
}
