// The erasure of a customer: it deletes the data in HubSpot and in Temporal, during any call and despite late events.

import { describe, expect } from 'vitest'
import { onboardingId } from '../../domain/ids.ts'
import { aContactInHubSpot, callAsHubSpotUser } from '../support/given.ts'
import { HUBSPOT_CALLS, it, recordsIn } from '../support/onramp.ts'
import type { Onramp } from '../support/onramp.ts'
import { ask } from '../support/sender.ts'
import { workflowOf } from '../support/story.ts'

describe('a customer who is to be erased', () => {
  const MERGES = ['a new id', 'the primary record’s id']
  const mergeContacts = async (onramp: Onramp, { into, from }: { into: string | null; from: string | null }) => {
    const merge = { primaryObjectId: into, objectIdToMerge: from }
    expect((await callAsHubSpotUser(onramp, 'POST', '/crm/v3/objects/contacts/merge', merge)).status).toBe(200)
  }

  const runIdOf = async (onramp: Onramp) => (await workflowOf(onramp).describe()).runId

  /** The history of each of the customer's runs as text. Payloads are bytes, so they are decoded. */
  const historiesOf = async (onramp: Onramp) => {
    const histories: string[] = []
    for await (const { runId } of onramp.client.workflow.list({
      query: `WorkflowId = '${onboardingId(onramp.customerId)}'`,
    }))
      histories.push(textIn(await workflowOf(onramp, runId).fetchHistory()))
    return histories
  }
  const textIn = (part: unknown): string => {
    if (part instanceof Uint8Array) return Buffer.from(part).toString()
    return typeof part === 'object' && part !== null ? Object.values(part).map(textIn).join('\n') : String(part)
  }
  /** Waits until Temporal has one run without personal data. A run may be deleted while its history is read. */
  const waitUntilForgotten = async (onramp: Onramp) =>
    await expect
      .poll(() => historiesOf(onramp).catch(() => 'a run is being deleted'), { timeout: 20_000, interval: 200 })
      .toEqual([expect.not.stringContaining('Canary')])

  it(
    'is deleted from HubSpot and from Temporal, and late events bring nothing back',
    { timeout: 90_000 },
    async ({ onramp }) => {
      await onramp.registered({ firstName: 'CanaryFirst' })
      await onramp.reaches('onboarded')
      await expect.poll(() => historiesOf(onramp)).toEqual([expect.stringContaining('CanaryFirst')])
      await onramp.erased()
      await onramp.reaches('erased')

      const { contacts, companies } = await recordsIn(onramp.portal)
      expect([contacts.length, companies.length]).toEqual([0, 1])
      await waitUntilForgotten(onramp)

      for (const late of ['updated', 'registered'] as const) {
        const before = await runIdOf(onramp)
        await onramp[late]({ firstName: 'CanaryLate' })
        // The run that received the event continues as new, so that its history can be deleted.
        await expect.poll(() => runIdOf(onramp), { timeout: 10_000 }).not.toBe(before)
      }
      await waitUntilForgotten(onramp)
      expect(await onramp.status()).toMatchObject({ phase: 'erased', hubspot: { contactId: null }, attention: null })
      expect((await recordsIn(onramp.portal)).contacts).toEqual([])
      expect((await ask(onramp.app, '/v1/customers?phase=erased')).status).toBe(200)
    },
  )

  it(
    'is deleted from Temporal even if Temporal itself has deleted the oldest run already',
    { timeout: 90_000 },
    async ({ onramp }) => {
      await onramp.registered({ firstName: 'CanaryFirst' })
      await onramp.reaches('onboarded')
      const oldest = await runIdOf(onramp)
      for (let run = 0; run < 2; run += 1) {
        const before = await runIdOf(onramp)
        await workflowOf(onramp).signal('versionDeployed')
        await expect.poll(() => runIdOf(onramp), { timeout: 10_000 }).not.toBe(before)
      }
      // Temporal does the same to a closed run at the end of the retention period.
      const { workflowService, options } = onramp.client
      await workflowService.deleteWorkflowExecution({
        namespace: options.namespace,
        workflowExecution: { workflowId: onboardingId(onramp.customerId), runId: oldest },
      })
      const oldestExists = async () =>
        await workflowOf(onramp, oldest)
          .fetchHistory()
          .then(() => true)
          .catch(() => false)
      await expect.poll(oldestExists, { timeout: 10_000 }).toBe(false)

      await onramp.erased()
      await onramp.reaches('erased')
      await waitUntilForgotten(onramp)
      const pending = async () => (await workflowOf(onramp).describe()).raw.pendingActivities
      await expect.poll(pending, { timeout: 10_000 }).toEqual([])
    },
  )

  it('is erased although HubSpot is unavailable during the onboarding', async ({ onramp }) => {
    await onramp.portal.fault({ ...HUBSPOT_CALLS.createContact, times: 2, effect: { kind: 'status', status: 503 } })
    await onramp.registered()
    await onramp.erased()
    await onramp.reaches('erased')
    expect((await recordsIn(onramp.portal)).contacts).toEqual([])
  })

  it('does not wait for a call that HubSpot never accepts', async ({ onramp }) => {
    await onramp.portal.fault({ ...HUBSPOT_CALLS.createContact, times: null, effect: { kind: 'status', status: 503 } })
    await onramp.registered()
    await expect.poll(async () => (await onramp.portal.requests(HUBSPOT_CALLS.createContact)).length).toBeGreaterThan(0)
    await onramp.erased()
    await onramp.reaches('erased')
  })

  it('does not wait for a call in progress, and the record that it creates is deleted', async ({ onramp }) => {
    await onramp.portal.fault({ ...HUBSPOT_CALLS.createContact, effect: { kind: 'commit-then-hang' } })
    await onramp.registered()
    await expect.poll(async () => (await recordsIn(onramp.portal)).contacts.length).toBe(1)
    await onramp.erased()
    await onramp.reaches('erased')
    expect((await recordsIn(onramp.portal)).contacts).toEqual([])
  })

  it('is erased even if HubSpot users deleted the contact and made another one with the customer id', async ({
    onramp,
  }) => {
    await onramp.registered()
    const { hubspot } = await onramp.reaches('onboarded')
    await callAsHubSpotUser(onramp, 'DELETE', `/crm/v3/objects/contacts/${hubspot.contactId}`)
    await aContactInHubSpot(onramp, { email: 'ada.l@example.com', onramp_customer_id: onramp.customerId })
    await onramp.erased()
    await onramp.reaches('erased')
    // HubSpot has no deleted contacts of the customer either.
    expect((await onramp.portal.records()).contacts).toEqual([])
  })

  it.for(MERGES)('is erased although HubSpot users merged the contact, which now has %s', async (kept, { onramp }) => {
    await onramp.portal.settings({ mergeKeepsPrimaryId: kept !== 'a new id' })
    await onramp.registered()
    const { hubspot } = await onramp.reaches('onboarded')
    const other = await aContactInHubSpot(onramp, { email: 'ada.l@example.com' })
    await mergeContacts(onramp, { into: other, from: hubspot.contactId })
    await onramp.erased()
    await onramp.reaches('erased')
    expect((await onramp.portal.records()).contacts).toEqual([])
  })

  it.for(MERGES)(
    'G3 · leaves another customer’s contact into which theirs was merged, under %s',
    async (kept, { onramp }) => {
      await onramp.portal.settings({ mergeKeepsPrimaryId: kept !== 'a new id' })
      const other = `${onramp.customerId}-other`
      await onramp.registered({ customerId: other, email: 'bob@example.com' })
      const bob = await onramp.reaches('onboarded', other)
      await onramp.registered()
      const ada = await onramp.reaches('onboarded')
      await mergeContacts(onramp, { into: bob.hubspot.contactId, from: ada.hubspot.contactId })
      const { contacts } = await recordsIn(onramp.portal)
      expect(contacts).toMatchObject([{ onramp_customer_id: other }])

      await onramp.erased()
      const { timeline } = await onramp.reaches('erased')
      expect(timeline.at(-1)).toMatchObject({
        what: 'erasure',
        note: expect.stringContaining(`of customer ${other}`),
      })
      expect((await recordsIn(onramp.portal)).contacts).toEqual(contacts)
    },
  )

  it('has only a tombstone when no other event came before the erasure', async ({ onramp }) => {
    await onramp.erased()
    await onramp.reaches('erased')
    expect((await recordsIn(onramp.portal)).contacts).toEqual([])
  })
})
