// HubSpot behind a test: an emulator of its own, and the client and the CRM as the worker has them.

import { currentCancellation } from '../../activities/index.ts'
import { EmulatorControl } from 'hubspot-emulator/control'
import { startEmulator } from 'hubspot-emulator/server'
import type { Crm } from '../../domain/crm.ts'
import { createHubSpot } from '../../hubspot/client/client.ts'
import { createHubSpotCrm } from '../../hubspot/crm.ts'
import type { Policies } from '../../hubspot/crm.ts'
import { setUp } from '../../hubspot/setup.ts'

/** The CRM of a test, from the side of the worker and of those who run it. */
export interface TestCrm {
  crm: Crm
  /** HubSpot, from the side of who runs it: records, trouble, what was asked of it. */
  portal: EmulatorControl
  hubspotUrl: string
  /** What people, or the portal's other apps, ask of HubSpot by themselves. */
  ask: (method: string, path: string, body?: unknown) => Promise<Response>
  stop(): Promise<void>
}

export interface TestCrmOptions {
  policies: Partial<Policies>
  /** Skips the running test, where it needs what this CRM does not have. */
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
    ask: async (method, path, body) =>
      await fetch(emulator.url + path, {
        method,
        headers: { authorization: 'Bearer people', 'content-type': 'application/json' },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      }),
    async stop() {
      await Promise.all([hubspot.close(), emulator.stop()])
    },
  }
}
