// Scenarios whose histories are recorded and must replay on every later version: one for each path through the workflow.

import { expect } from 'vitest'
import { storyWithoutUpdates } from './changed-story.ts'
import { aContactInHubSpot, callAsHubSpotUser } from './given.ts'
import { HUBSPOT_CALLS } from './onramp.ts'
import type { Onramp } from './onramp.ts'
import { firstContact, workflowOf } from './story.ts'

const waitForPhone = (onramp: Onramp, phone: string) =>
  expect.poll(async () => (await firstContact(onramp))?.phone).toBe(phone)

/** Waits until the older worker has kept the signal and started the next run, which the newer worker replays. */
export async function keptByOlderWorker(onramp: Onramp): Promise<void> {
  await expect.poll(() => onramp.status().then(({ unknownEvents }) => unknownEvents)).toBe(1)
  const events = async () => (await workflowOf(onramp).fetchHistory()).events ?? []
  await expect
    .poll(async () => (await events()).filter((event) => event.workflowTaskCompletedEventAttributes).length)
    .toBe(1)
}

/** Each scenario runs to its end; its history is that of the test's customer. */
export const SCENARIOS: Record<string, (onramp: Onramp) => Promise<void>> = {
  'registered-then-updated': async (onramp) => {
    await onramp.registered()
    await onramp.reaches('onboarded')
    await onramp.updated({ phone: '2', company: { phone: '3' } })
    await waitForPhone(onramp, '2')
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
    await waitForPhone(onramp, '2')
  },

  'parked-then-resumed': async (onramp) => {
    await onramp.portal.fault({ ...HUBSPOT_CALLS.createContact, effect: { kind: 'status', status: 400 } })
    await onramp.registered()
    await expect.poll(() => onramp.status().then(({ parked }) => parked.length)).toBe(1)
    await workflowOf(onramp).executeUpdate('resume')
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
    await onramp.portal.fault({ ...HUBSPOT_CALLS.associate, times: 2, effect: { kind: 'status', status: 503 } })
    await onramp.registered()
    await onramp.reaches('onboarded')
  },

  'update-in-an-outage-of-six-seconds': async (onramp) => {
    await onramp.registered()
    await onramp.reaches('onboarded')
    await onramp.portal.fault({ ...HUBSPOT_CALLS.updateContact, times: 3, effect: { kind: 'status', status: 503 } })
    await onramp.updated({ phone: '2' })
    await expect.poll(() => onramp.status().then(({ pendingStep }) => pendingStep?.isLate)).toBe(true)
    await expect.poll(async () => (await firstContact(onramp))?.phone).toBe('2')
  },

  'found-in-hubspot': async (onramp) => {
    await aContactInHubSpot(onramp, {
      email: 'ada@example.com',
      onramp_customer_id: onramp.customerId,
      onramp_last_event_at: '1000',
    })
    await onramp.updated({ phone: '2', company: { name: 'Analytical Engines' } })
    await onramp.reaches('onboarded')
    await waitForPhone(onramp, '2')
  },

  'email-taken-then-another': async (onramp) => {
    await onramp.registered()
    await onramp.reaches('onboarded')
    await aContactInHubSpot(onramp, { email: 'taken@example.com' })
    await onramp.updated({ email: 'taken@example.com' })
    await expect.poll(() => onramp.status().then(({ parked }) => parked.length)).toBe(1)
    await onramp.updated({ email: 'free@example.com', phone: '2' })
    await waitForPhone(onramp, '2')
  },

  'update-refused-then-corrected': async (onramp) => {
    await onramp.registered()
    await onramp.reaches('onboarded')
    await onramp.portal.fault({ ...HUBSPOT_CALLS.updateContact, effect: { kind: 'status', status: 400 } })
    await onramp.updated({ phone: 'wrong' })
    await expect.poll(() => onramp.status().then(({ parked }) => parked.length)).toBe(1)
    await workflowOf(onramp).executeUpdate('correct', { args: [{ by: null, customer: { phone: '2' } }] })
    await waitForPhone(onramp, '2')
  },

  'contact-deleted-by-hubspot-users': async (onramp) => {
    await onramp.registered()
    const { hubspot } = await onramp.reaches('onboarded')
    await callAsHubSpotUser(onramp, 'DELETE', `/crm/v3/objects/contacts/${hubspot.contactId}`)
    await onramp.updated({ phone: '2' })
    await waitForPhone(onramp, '2')
  },

  resynced: async (onramp) => {
    await onramp.registered({ phone: '2' })
    const { hubspot } = await onramp.reaches('onboarded')
    await callAsHubSpotUser(onramp, 'PATCH', `/crm/v3/objects/contacts/${hubspot.contactId}`, {
      properties: { phone: '9' },
    })
    await workflowOf(onramp).executeUpdate('resync')
    await waitForPhone(onramp, '2')
    await expect
      .poll(() => onramp.status().then(({ timeline }) => timeline.filter(({ what }) => what === 'association').length))
      .toBe(2)
  },

  'continued-as-new-while-parked': async (onramp) => {
    await onramp.portal.fault({ ...HUBSPOT_CALLS.createContact, effect: { kind: 'status', status: 400 } })
    await onramp.registered()
    await expect.poll(() => onramp.status().then(({ parked }) => parked.length)).toBe(1)
    const runId = async () => (await workflowOf(onramp).describe()).runId
    const before = await runId()
    await workflowOf(onramp).signal('versionDeployed')
    await expect.poll(runId).not.toBe(before)
    await workflowOf(onramp).signal('attentionResumed', { reason: 'refused-by-hubspot', by: null })
    await onramp.reaches('onboarded')
  },

  'unknown-signal-delivered-later': async (onramp) => {
    await onramp.stopWorker()
    await onramp.startWorker({ code: await storyWithoutUpdates() })
    await onramp.registered()
    await onramp.reaches('onboarded')
    await onramp.updated({ phone: '2' })
    await keptByOlderWorker(onramp)
    await onramp.stopWorker()
    await onramp.startWorker()
    await workflowOf(onramp).signal('versionDeployed')
    await waitForPhone(onramp, '2')
  },

  'erased-with-records': async (onramp) => {
    await onramp.registered()
    await onramp.reaches('onboarded')
    await onramp.erased()
    await onramp.reaches('erased')
  },
}
