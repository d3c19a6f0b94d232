// HubSpot's client from the settings, with its voice in the log and its numbers in the metrics.

import { createHubSpot } from '../hubspot/client/client.ts'
import type { HubSpot } from '../hubspot/client/client.ts'
import { currentCancellation } from '../activities/index.ts'
import type { Config } from '../platform/config.ts'
import type { Logger } from '../platform/logger.ts'
import { metrics } from '../platform/metrics.ts'

const HUBSPOT_API = 'https://api.hubapi.com'

/** A stand-in takes any token, so one that is reached by `HUBSPOT_BASE_URL` needs none to be set. */
export function hubSpotOf(config: Config, logger: Logger): HubSpot {
  return createHubSpot({
    baseUrl: (config.hubspotBaseUrl ?? HUBSPOT_API).replace(/\/+$/, ''),
    accessToken: config.hubspotAccessToken ?? 'stand-in',
    apiVersion: config.hubspotApiVersion,
    timeoutMs: config.hubspotTimeoutMs,
    cancellation: currentCancellation,
    onAnswer: (status) => metrics.hubSpotCalls.inc({ status: String(status ?? 'none') }),
    gate: {
      probeSeconds: config.hubspotProbeSeconds,
      onChange: (isClosed) => {
        metrics.hubSpotLockedOut.set(isClosed ? 1 : 0)
        if (isClosed)
          logger.error(
            'HubSpot refuses the token (HUBSPOT_ACCESS_TOKEN): customers wait, one call at a time tries again',
          )
        else logger.info('HubSpot takes the token again')
      },
    },
  })
}
