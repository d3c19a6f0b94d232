// HubSpot for one test: an emulator of its own, and a CRM on it as the worker creates it.

import { currentCancellation } from '../../activities/index.ts'
import { EmulatorControl } from 'hubspot-emulator/control'
import { startEmulator } from 'hubspot-emulator/server'
import type { Crm } from '../../domain/crm.ts'
import { createHubSpot } from '../../hubspot/client/client.ts'
import { createHubSpotCrm } from '../../hubspot/crm.ts'
import type { Policies } from '../../hubspot/crm.ts'
import { setUp } from '../../hubspot/setup.ts'

/** The CRM of one test, as the worker, HubSpot users and the test itself use it. */
export interface TestCrm {
  crm: Crm
  /** The emulator's own API: its records, its faults and the requests that it received. */
  portal: EmulatorControl
  hubspotUrl: string
  /** A call to HubSpot that onramp does not make: by a HubSpot user, or by another app of the portal. */
  callAsHubSpotUser: (method: string, path: string, body?: unknown) => Promise<Response>
  stop(): Promise<void>
}

export interface TestCrmOptions {
  policies: Partial<Policies>
  /** Skips the running test when it needs something that this CRM does not have. */
  skip: (reason: string) => never
}

export async function startTestCrm({ policies }: TestCrmOptions): Promise<TestCrm> {
  const emulator = await startEmulator({ port: 0 })
  const hubspot = createHubSpot({
    baseUrl: emulator.url,
    accessToken: 'test',
    apiVersion: process.env['HUBSPOT_API_VERSION'] === 'v3' ? 'v3' : '2026-09',
    timeoutMs: 1000,
    cancellation: currentCancellation,
    circuitBreaker: { probeSeconds: 1, onChange: () => {} },
  })
  await setUp(hubspot, () => {})

  return {
    crm: createHubSpotCrm(hubspot, { adoption: 'by-domain', primary: 'if-none', move: 'replace', ...policies }),
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
    },
  }
}
