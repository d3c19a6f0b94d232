// HubSpot's client from the settings.

import { createHubSpot } from '../activities/hubspot/client.ts'
import type { HubSpot } from '../activities/hubspot/client.ts'
import { currentCancellation } from '../activities/index.ts'
import type { Config } from '../platform/config.ts'

const HUBSPOT_API = 'https://api.hubapi.com'

/** A stand-in takes any token, so one that is reached by `HUBSPOT_BASE_URL` needs none to be set. */
export function hubSpotOf(config: Config): HubSpot {
  return createHubSpot({
    baseUrl: (config.hubspotBaseUrl ?? HUBSPOT_API).replace(/\/+$/, ''),
    accessToken: config.hubspotAccessToken ?? 'stand-in',
    apiVersion: config.hubspotApiVersion,
    timeoutMs: config.hubspotTimeoutMs,
    cancellation: currentCancellation,
  })
}
