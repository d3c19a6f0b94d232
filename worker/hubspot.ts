// HubSpot's client from the settings, connected to the log and the metrics.

import { createHubSpot } from '../hubspot/client/client.ts'
import type { HubSpot } from '../hubspot/client/client.ts'
import { currentCancellation } from '../activities/index.ts'
import type { Config } from '../platform/config.ts'
import type { Logger } from '../platform/logger.ts'
import { metrics } from '../platform/metrics.ts'

const HUBSPOT_API = 'https://api.hubapi.com'

/** The emulator accepts any token, so `HUBSPOT_BASE_URL` needs none. */
export function hubSpotOf(config: Config, logger: Logger): HubSpot {
  return createHubSpot({
    baseUrl: (config.hubspotBaseUrl ?? HUBSPOT_API).replace(/\/+$/, ''),
    accessToken: config.hubspotAccessToken ?? 'any-token',
    apiVersion: config.hubspotApiVersion,
    timeoutMs: config.hubspotTimeoutMs,
    cancellation: currentCancellation,
    onResponse: (status) => metrics.hubSpotCalls.inc({ status: String(status ?? 'none') }),
    circuitBreaker: {
      probeSeconds: config.hubspotProbeSeconds,
      onChange: (isOpen) => {
        metrics.hubSpotLockedOut.set(isOpen ? 1 : 0)
        if (isOpen) logger.error('HubSpot rejects the token (HUBSPOT_ACCESS_TOKEN): calls wait, one at a time probes')
        else logger.info('HubSpot accepts the token again')
      },
    },
  })
}
