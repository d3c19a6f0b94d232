// HubSpot for one test: an emulator of its own, and a CRM on it as the worker creates it.

import { currentCaller, currentCancellation, currentTerms } from '../../activities/caller.ts'
import { EmulatorControl } from 'hubspot-emulator/control'
import { startEmulator } from 'hubspot-emulator/server'
import type { Crm } from '../../domain/crm.ts'
import type { CrmState } from '../../domain/crm-state.ts'
import { createAssociationReviews } from '../../hubspot/association-review.ts'
import type { AssociationReviewOptions } from '../../hubspot/association-review.ts'
import { createHubSpot } from '../../hubspot/client/client.ts'
import type { HubSpotOptions } from '../../hubspot/client/client.ts'
import { QuotaScheduler } from '../../hubspot/client/scheduler.ts'
import { createHubSpotCrm } from '../../hubspot/crm.ts'
import type { Policies } from '../../hubspot/crm.ts'
import { setUp } from '../../hubspot/setup.ts'

/** The CRM of one test, as the worker, HubSpot users and the test itself use it. */
export interface TestCrm {
  crm: Crm
  /** How HubSpot looks to the worker; `null` for a CRM without such a state. */
  crmState: (() => CrmState) | null
  /** The emulator's own API: its records, its faults and the requests that it received. */
  portal: EmulatorControl
  hubspotUrl: string
  /** A call to HubSpot that onramp does not make: by a HubSpot user, or by another app of the portal. */
  callAsHubSpotUser: (method: string, path: string, body?: unknown) => Promise<Response>
  stop(): Promise<void>
}

export interface TestCrmOptions {
  policies: Partial<Policies>
  /** Takes the findings about associations. */
  report?: AssociationReviewOptions['report']
  /** The age at which an association is read again, in milliseconds; a minute when absent. */
  reviewAgeMs?: number
  /** Skips the running test when it needs something that this CRM does not have. */
  skip: (reason: string) => never
}

/** The policies of the settings' defaults. */
export const DEFAULT_POLICIES: Policies = {
  adoption: 'by-domain',
  primary: 'if-none',
  move: 'replace',
  adoptedCompanyUpdates: 'fill-if-empty',
  existingContactUpdates: 'overwrite',
}

export async function startTestCrm({
  policies,
  report = async () => {},
  reviewAgeMs = 60_000,
}: TestCrmOptions): Promise<TestCrm> {
  const emulator = await startEmulator({ port: 0 })
  const connection = {
    baseUrl: emulator.url,
    accessToken: 'test',
    apiVersion: process.env['HUBSPOT_API_VERSION'] === 'v3' ? ('v3' as const) : ('2026-09' as const),
    circuitBreaker: { probeSeconds: 1, onChange: () => {} },
  }
  await prepare(connection)
  const hubspot = createHubSpot({
    ...connection,
    timeoutMs: 1000,
    cancellation: currentCancellation,
    caller: currentCaller,
    context: currentTerms,
    missingPauseSeconds: 1,
    // The emulator states a limit also when it enforces none. Only the tests of the quota follow it.
    scheduler: new QuotaScheduler({ callsPer10s: 100_000 }),
  })
  const all = { ...DEFAULT_POLICIES, ...policies }
  const times = { ageMs: reviewAgeMs, roundMs: reviewAgeMs }
  const reviews = createAssociationReviews({ hubspot, policy: all.primary, report, ...times })

  return {
    crm: createHubSpotCrm(hubspot, { policies: all, made: reviews.made }),
    crmState: () => ({ ...hubspot.state(), outageSince: null }),
    portal: new EmulatorControl(emulator.url),
    hubspotUrl: emulator.url,
    callAsHubSpotUser: async (method, path, body) =>
      await fetch(emulator.url + path, {
        method,
        headers: { authorization: 'Bearer hubspot-user', 'content-type': 'application/json' },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      }),
    async stop() {
      await Promise.all([hubspot.close(), emulator.stop()])
      await reviews.drain()
    },
  }
}

/** Creates onramp's properties. A busy machine may take longer for them than for any call of a test. */
async function prepare(connection: Omit<HubSpotOptions, 'timeoutMs'>): Promise<void> {
  const hubspot = createHubSpot({
    ...connection,
    timeoutMs: 60_000,
    scheduler: new QuotaScheduler({ callsPer10s: 100_000 }),
  })
  await setUp(hubspot, () => {})
  await hubspot.close()
}
