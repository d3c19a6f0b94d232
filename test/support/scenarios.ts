// Stories whose histories are recorded and must replay on every later version: one for each way through the workflow.

import { expect } from 'vitest'
import { aContactInHubSpot } from './given.ts'
import { CALLS, recordsOf } from './onramp.ts'
import type { Onramp } from './onramp.ts'

const phoneIs = (onramp: Onramp, phone: string) =>
  expect.poll(() => recordsOf(onramp.portal).then(({ contacts }) => contacts[0]?.phone)).toBe(phone)

/** Each plays to its end; the workflow is that of the test's customer. */
export const SCENARIOS: Record<string, (onramp: Onramp) => Promise<void>> = {
  'registered-then-updated': async (onramp) => {
    await onramp.registered()
    await onramp.reaches('onboarded')
    await onramp.updated({ phone: '2', company: { phone: '3' } })
    await phoneIs(onramp, '2')
  },

  'update-before-registration': async (onramp) => {
    await onramp.updated({ phone: '2' })
    await onramp.reaches('awaiting-registration')
    await onramp.registered()
    await onramp.reaches('onboarded')
  },

  'existing-contact': async (onramp) => {
    await aContactInHubSpot(onramp, { email: 'ada@example.com', phone: '1' })
    await onramp.registered()
    await onramp.reaches('onboarded')
    await onramp.updated({ phone: '2' })
    await phoneIs(onramp, '2')
  },

  'parked-then-resumed': async (onramp) => {
    await onramp.portal.fault({ ...CALLS.createContact, effect: { kind: 'status', status: 400 } })
    await onramp.registered()
    await expect.poll(() => onramp.status().then(({ parked }) => parked.length)).toBe(1)
    await onramp.client.workflow.getHandle(`onboarding/${onramp.customerId}`).executeUpdate('resume')
    await onramp.reaches('onboarded')
  },

  'moved-to-another-company': async (onramp) => {
    await onramp.registered({ company: { id: 'org_1', name: 'Analytical Engines' } })
    await onramp.reaches('onboarded')
    await onramp.updated({ company: { id: 'org_2', name: 'Difference Engines' } })
    await expect
      .poll(async () => (await onramp.status()).timeline.filter(({ what }) => what === 'association').length)
      .toBe(2)
  },

  'erased-before-registration': async (onramp) => {
    await onramp.erased()
    await onramp.reaches('erased')
  },

  'outage-longer-than-two-seconds': async (onramp) => {
    await onramp.portal.fault({ ...CALLS.associate, times: 2, effect: { kind: 'status', status: 503 } })
    await onramp.registered()
    await onramp.reaches('onboarded')
  },
}
