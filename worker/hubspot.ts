// Creates the HubSpot client from the settings, and connects the client to the logger and the metrics.

import { createHubSpot } from '../hubspot/client/client.ts'
import type { HubSpot } from '../hubspot/client/client.ts'
import type { CallContext } from '../hubspot/client/batch-kind.ts'
import { QuotaScheduler } from '../hubspot/client/scheduler.ts'
import type { OutageChange } from '../activities/outage.ts'
import { currentCaller, currentCancellation, currentTerms } from '../activities/caller.ts'
import type { Config } from '../platform/config.ts'
import type { Logger } from '../platform/logger.ts'
import { metrics } from '../platform/metrics.ts'

const HUBSPOT_API = 'https://api.hubapi.com'
// Nobody's event waits for the setup, for its checks or for the review of associations. They end with an error rather than wait for
// the next day.
const OUTSIDE_OF_ACTIVITIES: CallContext = { priority: 'bulk', maxWaitMs: 60_000 }

/** With `HUBSPOT_BASE_URL` set the token is optional, since the emulator accepts any token. */
export function hubSpotOf(config: Config, logger: Logger): HubSpot {
  const scheduler = schedulerOf(config, logger)
  return createHubSpot({
    scheduler,
    context: () => currentTerms() ?? OUTSIDE_OF_ACTIVITIES,
    baseUrl: (config.hubspotBaseUrl ?? HUBSPOT_API).replace(/\/+$/, ''),
    accessToken: config.hubspotAccessToken ?? 'any-token',
    apiVersion: config.hubspotApiVersion,
    timeoutMs: config.hubspotTimeoutMs,
    cancellation: currentCancellation,
    caller: currentCaller,
    // 60 s by default. Short pauses between probes make it short as well, in tests with worker processes.
    missingPauseSeconds: 2 * config.hubspotProbeSeconds,
    circuitBreaker: {
      probeSeconds: config.hubspotProbeSeconds,
      onChange: (isOpen) => {
        metrics.hubSpotUnauthorized.set(isOpen ? 1 : 0)
        if (isOpen) logger.error('HubSpot rejects the token (HUBSPOT_ACCESS_TOKEN): all calls but the probes stop')
        else logger.info('HubSpot accepts the token again')
      },
    },
    onForbidden: (kind, change) => {
      metrics.hubSpotForbidden.set({ kind }, change === 'waits' ? 1 : 0)
      if (change === 'waits') {
        logger.error(
          { kind },
          'HubSpot answers 403 to this kind of call for several customers: these calls wait. Add the scope that the token lacks',
        )
      } else if (change === 'untried') {
        logger.info({ kind }, 'calls of this kind no longer wait: no customer has needed one for long')
      } else {
        logger.info({ kind }, 'HubSpot accepts this kind of call again')
      }
    },
  })
}

/** Notices outages of HubSpot, as far as this worker sees. */
export interface OutageWatch {
  onChange: (change: OutageChange) => void
  /** Since when HubSpot is unavailable, as ISO 8601; `null` while it answers. */
  since: () => string | null
}

/** Logs that an outage of HubSpot has begun or ended, and remembers since when it lasts. */
export function watchOutages(logger: Logger): OutageWatch {
  let beganAt: number | null = null
  return {
    since: () => (beganAt === null ? null : new Date(beganAt).toISOString()),
    onChange(change) {
      metrics.hubSpotUnavailable.set(change === 'began' ? 1 : 0)
      if (change === 'began') {
        beganAt = Date.now()
        logger.error(
          'HubSpot is unavailable: the steps of three customers in a row got no answer, or an error of its servers. All customers wait, and continue by themselves',
        )
      } else {
        const seconds = beganAt === null ? null : Math.round((Date.now() - beganAt) / 1000)
        beganAt = null
        logger.info({ seconds }, 'HubSpot answers again')
      }
    },
  }
}

function schedulerOf(config: Config, logger: Logger): QuotaScheduler {
  return new QuotaScheduler({
    callsPer10s: config.hubspotCallsPer10s ?? null,
    reservePercent: config.hubspotReserve,
    onRequest: ({ kind, rows, status, durationMs, limit }) => {
      metrics.hubSpotCalls.inc({ kind, status: String(status ?? 'none') })
      metrics.hubSpotCallSeconds.observe({ kind }, durationMs / 1000)
      metrics.hubSpotRows.observe({ kind }, rows)
      if (limit === null) return
      metrics.hubSpotLimited.inc({ policy: limit })
      logger.warn({ kind, limit, count: rows }, 'HubSpot answered 429, so the calls of this request are sent again')
    },
    onDailyLimit: (change, untilMidnightMs) => {
      metrics.hubSpotDailyLimit.set(change === 'reached' ? 1 : 0)
      if (change === 'over') return logger.info('HubSpot’s daily limit has ended: calls go out again')
      const minutesToMidnight = untilMidnightMs === null ? null : Math.ceil(untilMidnightMs / 60_000)
      logger.error(
        { minutesToMidnight },
        'HubSpot’s daily limit is reached, without the part of HUBSPOT_RESERVE: all calls wait for the portal’s next day, but for one probe an hour',
      )
    },
  })
}
