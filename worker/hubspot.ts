// Creates the HubSpot client from the settings, and connects the client to the logger and the metrics.

import { createHubSpot } from '../hubspot/client/client.ts'
import type { HubSpot } from '../hubspot/client/client.ts'
import { currentCancellation } from '../activities/index.ts'
import type { Config } from '../platform/config.ts'
import type { Logger } from '../platform/logger.ts'
import { metrics } from '../platform/metrics.ts'

const HUBSPOT_API = 'https://api.hubapi.com'

/** With `HUBSPOT_BASE_URL` set the token is optional, since the emulator accepts any token. */
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
        metrics.hubSpotUnauthorized.set(isOpen ? 1 : 0)
        if (isOpen) logger.error('HubSpot rejects the token (HUBSPOT_ACCESS_TOKEN): all calls but the probes stop')
        else logger.info('HubSpot accepts the token again')
      },
    },
  })
}
