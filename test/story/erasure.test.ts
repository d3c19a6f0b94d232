// The erasure of a customer: it deletes the data in HubSpot and in Temporal, during any call and despite late events.

import { describe, expect } from 'vitest'
import { WithStartWorkflowOperation } from '@temporalio/client'
import { ONBOARDING_WORKFLOW, onboardingId } from '../../domain/ids.ts'
import { Customer } from '../../workflows/customer/customer.ts'
import type { CustomerState } from '../../workflows/customer/state.ts'
import { aContactInHubSpot, callAsHubSpotUser } from '../support/given.ts'
import { HUBSPOT_CALLS, it, onrampWith, recordsIn } from '../support/onramp.ts'
import type { Onramp } from '../support/onramp.ts'
import { ask } from '../support/sender.ts'
import { firstContact, itWithTimeSkipping, waitUntilCompleted, workflowOf } from '../support/story.ts'

describe('a customer who is to be erased', () => {
  const MERGES = ['a new id', 'the primary record’s id']
  const mergeContacts = async (onramp: Onramp, { into, from }: { into: string | null; from: string | null }) => {
    const merge = { primaryObjectId: into, objectIdToMerge: from }
    expect((await callAsHubSpotUser(onramp, 'POST', '/crm/v3/objects/contacts/merge', merge)).status).toBe(200)
  }

  const runIdOf = async (onramp: Onramp) => (await workflowOf(onramp).describe()).runId

  // Encrypted histories would show nothing.
  const itInClear = onrampWith({ payloadKeys: 'none' })
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
      .poll(() => historiesOf(onramp).catch(() => 'a run is being deleted'), { interval: 200 })
      .toEqual([expect.not.stringContaining('Canary')])

  itInClear('is deleted from HubSpot and from Temporal, and late events bring nothing back', async ({ onramp }) => {
    await onramp.registered({ firstName: 'CanaryFirst' })
    await onramp.reaches('onboarded')
    await expect.poll(() => historiesOf(onramp)).toEqual([expect.stringContaining('CanaryFirst')])
    await onramp.erased()
    const { timeline } = await onramp.reaches('erased')
    expect(timeline.findLast(({ what }) => what === 'erasure')?.outcome).toBe('erased in HubSpot')

    const { contacts, companies } = await recordsIn(onramp.portal)
    expect([contacts.length, companies.length]).toEqual([0, 1])
    await waitUntilForgotten(onramp)

    for (const late of ['updated', 'registered'] as const) {
      const before = await runIdOf(onramp)
      await onramp[late]({ firstName: 'CanaryLate' })
      // The run that received the event continues as new, so that its history can be deleted.
      await expect.poll(() => runIdOf(onramp)).not.toBe(before)
    }
    await waitUntilForgotten(onramp)
    const status = await onramp.status()
    expect(status).toMatchObject({ phase: 'erased', hubspot: { contactId: null }, attention: null, lateEvents: 2 })
    expect(status.timeline.at(-1)?.outcome).toBe('after the erasure, without effect')
    expect((await recordsIn(onramp.portal)).contacts).toEqual([])
    expect((await ask(onramp.app, '/v1/customers?phase=erased')).status).toBe(200)
  })

  itInClear(
    'is deleted from Temporal even if Temporal itself has deleted the oldest run already',
    async ({ onramp }) => {
      await onramp.registered({ firstName: 'CanaryFirst' })
      await onramp.reaches('onboarded')
      const oldest = await runIdOf(onramp)
      for (let run = 0; run < 2; run += 1) {
        const before = await runIdOf(onramp)
        await workflowOf(onramp).signal('versionDeployed')
        await expect.poll(() => runIdOf(onramp)).not.toBe(before)
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
      await expect.poll(oldestExists).toBe(false)

      await onramp.erased()
      await onramp.reaches('erased')
      await waitUntilForgotten(onramp)
      const pending = async () => (await workflowOf(onramp).describe()).raw.pendingActivities
      await expect.poll(pending).toEqual([])
    },
  )

  itWithTimeSkipping('is erased although HubSpot is unavailable during the onboarding', async ({ onramp }) => {
    await onramp.portal.fault({ ...HUBSPOT_CALLS.createContact, times: 2, effect: { kind: 'status', status: 503 } })
    await onramp.registered()
    await onramp.erased()
    await onramp.reaches('erased')
    expect((await recordsIn(onramp.portal)).contacts).toEqual([])
  })

  itWithTimeSkipping('does not wait for a call that HubSpot never accepts', async ({ onramp }) => {
    await onramp.portal.fault({ ...HUBSPOT_CALLS.createContact, times: null, effect: { kind: 'status', status: 503 } })
    await onramp.registered()
    await expect.poll(async () => (await onramp.portal.requests(HUBSPOT_CALLS.createContact)).length).toBeGreaterThan(0)
    await onramp.erased()
    await onramp.reaches('erased')
  })

  itInClear('does not wait for a call in progress, and the record that it creates is deleted', async ({ onramp }) => {
    await onramp.portal.fault({ ...HUBSPOT_CALLS.createContact, effect: { kind: 'commit-then-hang' } })
    await onramp.registered()
    await expect.poll(async () => (await recordsIn(onramp.portal)).contacts.length).toBe(1)
    await onramp.erased()
    // HubSpot may still execute the cancelled call, so the erasure looks again for an hour.
    await onramp.reaches('erasing')
    await expect.poll(async () => (await recordsIn(onramp.portal)).contacts).toEqual([])
    await onramp.updated({ phone: 'CanaryLate' })
    await expect.poll(async () => (await onramp.status()).lateEvents).toBe(1)
    await waitUntilForgotten(onramp)
    expect((await onramp.status()).phase).toBe('erasing')
  })

  itWithTimeSkipping('is erased for good although HubSpot executes the create seconds later', async ({ onramp }) => {
    // Slow reads, since time skipping brings the further looks at once: they must come after the create.
    await onramp.portal.fault({ method: 'GET', path: '/contacts/', times: null, effect: { kind: 'delay', ms: 900 } })
    await onramp.portal.fault({ ...HUBSPOT_CALLS.createContact, effect: { kind: 'delay', ms: 4000 } })
    await onramp.registered()
    const creates = async () => await onramp.portal.requests(HUBSPOT_CALLS.createContact)
    await expect.poll(async () => (await creates()).length, { interval: 20 }).toBe(1)
    await onramp.erased()
    await expect.poll(async () => (await creates())[0]?.status).toBe(201)
    const { timeline } = await onramp.reaches('erased')
    expect((await onramp.portal.records()).contacts).toEqual([])
    expect(timeline.filter(({ what }) => what === 'erasure').map(({ outcome }) => outcome)).toEqual([
      expect.stringMatching(/^(erased|nothing was) in HubSpot, which is looked at again$/),
      expect.stringMatching(/^(erased|nothing more was) in HubSpot, which is looked at again$/),
      'nothing more was in HubSpot',
    ])
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
        outcome: 'not erased in HubSpot',
        note: expect.stringContaining(`of customer ${other}`),
      })
      expect((await recordsIn(onramp.portal)).contacts).toEqual(contacts)
    },
  )

  it('G12 · has only a tombstone when no other event came before, and the status says that nothing was there', async ({
    onramp,
  }) => {
    await onramp.erased()
    const { timeline } = await onramp.reaches('erased')
    expect((await recordsIn(onramp.portal)).contacts).toEqual([])
    expect(timeline.at(-1)).toMatchObject({ what: 'erasure', outcome: 'nothing was in HubSpot' })
  })
})

describe('an erasure whose histories Temporal does not let onramp delete', () => {
  it('shows under attention, and a resume tries again', async ({ onramp }) => {
    onramp.mayDeleteHistories = false
    await onramp.registered()
    await onramp.reaches('onboarded')
    await onramp.erased()
    await expect
      .poll(async () => (await onramp.status()).attention)
      .toMatchObject({ reason: 'histories-not-deleted', step: 'erasure', nextAttemptAt: expect.any(String) })
    const lift = workflowOf(onramp).executeUpdate('liftErasure')
    await expect(lift).rejects.toMatchObject({ cause: { type: 'not-erased' } })

    onramp.mayDeleteHistories = true
    await workflowOf(onramp).executeUpdate('resume')
    await expect.poll(async () => (await runsOf(onramp)).length).toBe(1)
    await expect.poll(() => onramp.status()).toMatchObject({ phase: 'erased', attention: null })
  })

  itWithTimeSkipping('is tried again every hour', async ({ onramp }) => {
    onramp.mayDeleteHistories = false
    await onramp.registered()
    await onramp.reaches('onboarded')
    await onramp.erased()
    const parked = async () => (await onramp.status()).timeline.filter(({ outcome }) => /parked/.test(outcome))
    await expect.poll(async () => (await onramp.status()).attention?.step).toBe('erasure')
    onramp.mayDeleteHistories = true
    await expect.poll(async () => (await runsOf(onramp)).length).toBe(1)
    await expect.poll(async () => (await onramp.status()).attention).toBeNull()
    expect((await parked()).length).toBeGreaterThan(0)
  })

  const runsOf = async ({ client, customerId }: Onramp) => {
    const runs: string[] = []
    const query = `WorkflowId = '${onboardingId(customerId)}'`
    for await (const { runId } of client.workflow.list({ query })) runs.push(runId)
    return runs
  }
})

describe('an operator who lifts an erasure', () => {
  it('lets the customer start from the beginning with the next event', async ({ onramp }) => {
    await onramp.registered()
    await onramp.reaches('onboarded')
    const early = workflowOf(onramp).executeUpdate('liftErasure')
    await expect(early).rejects.toMatchObject({ cause: { type: 'not-erased' } })
    await onramp.erased()
    await onramp.reaches('erased')
    await onramp.registered({ firstName: 'Late' })
    await expect.poll(async () => (await onramp.status()).lateEvents).toBe(1)

    await workflowOf(onramp).executeUpdate('liftErasure')
    await waitUntilCompleted(onramp)
    expect(await onramp.status()).toMatchObject({ phase: 'awaiting-registration', lateEvents: 1 })
    expect((await onramp.status()).timeline.at(-1)).toMatchObject({ what: 'erasure', outcome: 'lifted by an operator' })
    await onramp.registered({ firstName: 'Ada again' })
    await onramp.reaches('onboarded')
    expect(await firstContact(onramp)).toMatchObject({ firstname: 'Ada again' })
  })

  it('still has the earlier histories deleted when the tombstone’s run begins with the command', async ({ onramp }) => {
    const { client, customerId, taskQueue } = onramp
    await onramp.registered({ firstName: 'CanaryFirst' })
    await onramp.reaches('onboarded')
    await workflowOf(onramp).terminate('the tombstone’s run follows')

    // Temporal delivers the command in the run's first workflow task.
    const startWorkflowOperation = new WithStartWorkflowOperation(ONBOARDING_WORKFLOW, {
      workflowId: onboardingId(customerId),
      taskQueue,
      args: [{ customerId, state: tombstoneOf(customerId) }],
      workflowIdConflictPolicy: 'FAIL',
    })
    await client.workflow.executeUpdateWithStart('liftErasure', { args: [{ by: null }], startWorkflowOperation })
    await waitUntilCompleted(onramp)
    const runs = async () => {
      const ids: string[] = []
      for await (const { runId } of client.workflow.list({ query: `WorkflowId = '${onboardingId(customerId)}'` }))
        ids.push(runId)
      return ids.length
    }
    await expect.poll(runs).toBe(1)
    expect(await onramp.status()).toMatchObject({ phase: 'awaiting-registration' })
  })
})

/** The state of a customer whose erasure is done. */
function tombstoneOf(customerId: string): CustomerState {
  const { erasure, state } = new Customer(customerId)
  erasure.request()
  erasure.begin()
  erasure.looked({ outcome: 'nothing', callTimeoutMs: 1000, correlationId: null })
  return state
}
