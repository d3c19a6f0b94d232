// A customer's whole life: moved, renamed, deleted by people, let go, revived, corrected, erased.

import { describe, expect } from 'vitest'
import { onboardingId } from '../../domain/ids.ts'
import { aContactInHubSpot, askHubSpot } from '../support/given.ts'
import { CALLS, it, onrampWith, recordsOf } from '../support/onramp.ts'
import type { Onramp } from '../support/onramp.ts'
import { ask, OPERATOR_TOKEN } from '../support/sender.ts'

const firstContact = async ({ portal }: Onramp) => (await recordsOf(portal)).contacts[0]

const resume = async ({ app, customerId }: Onramp, body?: unknown) =>
  await app.request(`/v1/customers/${customerId}/resume`, {
    method: 'POST',
    headers: { authorization: `Bearer ${OPERATOR_TOKEN}` },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })

describe('a customer who moves to another company', () => {
  it('is associated with the new one as primary, and no longer with the old one', async ({ onramp }) => {
    await onramp.registered({ company: { id: 'org_1', name: 'Analytical Engines', phone: '1' } })
    const before = await onramp.reaches('onboarded')
    await onramp.updated({ company: { id: 'org_2', name: 'Difference Engines' } })

    await expect
      .poll(async () => (await onramp.portal.records()).associations)
      .toMatchObject([{ contactId: before.hubspot.contactId, typeIds: [1, 279] }])
    await expect.poll(async () => (await onramp.status()).hubspot.companyId).not.toBe(before.hubspot.companyId)
    const { companies, associations } = await recordsOf(onramp.portal)
    const moved = companies.find(({ name }) => name === 'Difference Engines')
    expect(moved).toMatchObject({ onramp_company_key: 'id:org_2' })
    // What was known of the former firm stays there.
    expect(moved?.phone).toBeUndefined()
    expect(companies.find(({ name }) => name === 'Analytical Engines')?.phone).toBe('1')
    expect(associations.map(({ companyId }) => companyId)).toEqual([moved?.id])
  })

  const itKeeping = onrampWith({ policies: { move: 'keep' } })
  itKeeping('stays associated with the old one too, with ASSOCIATION_ON_MOVE=keep', async ({ onramp }) => {
    await onramp.registered({ company: { id: 'org_1', name: 'Analytical Engines' } })
    await onramp.reaches('onboarded')
    await onramp.updated({ company: { id: 'org_2', name: 'Difference Engines' } })
    await expect.poll(async () => (await onramp.portal.records()).associations.length).toBe(2)
  })
})

describe('a customer whose new company HubSpot refuses', () => {
  it('is not moved yet, and is kept in sync all the same', async ({ onramp }) => {
    await onramp.registered({ company: { id: 'org_1', name: 'Analytical Engines' } })
    await onramp.reaches('onboarded')
    // Of the new firm nothing is known but the product's id, and HubSpot takes no company without a name.
    await onramp.updated({ company: { id: 'org_2' } })
    await expect.poll(async () => (await onramp.status()).attention?.step).toBe('company')
    expect((await onramp.status()).phase).toBe('company')
    await onramp.updated({ phone: '7' })
    await expect.poll(() => firstContact(onramp)).toMatchObject({ phone: '7' })
    await onramp.updated({ company: { name: 'Difference Engines' } })
    await onramp.reaches('onboarded')
  })
})

describe('a contact that people delete in HubSpot', () => {
  it('is made anew, once, with everything that is known, and is associated again', async ({ onramp }) => {
    await onramp.registered({ lastName: 'Lovelace' })
    const { hubspot: before } = await onramp.reaches('onboarded')
    await askHubSpot(onramp, 'DELETE', `/crm/v3/objects/contacts/${before.contactId}`)
    await onramp.updated({ phone: '2' })

    await expect.poll(() => firstContact(onramp)).toMatchObject({ firstname: 'Ada', lastname: 'Lovelace', phone: '2' })
    const after = await onramp.reaches('onboarded')
    expect(after.hubspot.contactId).not.toBe(before.contactId)
    expect((await recordsOf(onramp.portal)).associations).toEqual([
      { contactId: after.hubspot.contactId, companyId: before.companyId },
    ])
    expect(after.timeline.map(({ outcome }) => outcome)).toContain('deleted by HubSpot users, to be re-created')

    await askHubSpot(onramp, 'DELETE', `/crm/v3/objects/contacts/${after.hubspot.contactId}`)
    await onramp.updated({ phone: '3' })
    await expect.poll(async () => (await onramp.status()).attention?.reason).toBe('missing-in-hubspot')
    expect((await recordsOf(onramp.portal)).contacts).toEqual([])

    // Nobody fights over it: other news wait as well.
    await onramp.updated({ lastName: 'King' })
    await expect.poll(async () => (await onramp.status()).fields.lastName?.state).toBe('pending')
    expect((await recordsOf(onramp.portal)).contacts).toEqual([])

    expect((await resume(onramp)).status).toBe(202)
    await expect.poll(() => firstContact(onramp)).toMatchObject({ phone: '3', lastname: 'King' })
    await expect.poll(async () => (await onramp.status()).parked).toEqual([])
  })

  it('is made anew also when the customer moves to another company next', async ({ onramp }) => {
    await onramp.registered({ company: { id: 'org_1', name: 'Analytical Engines' } })
    const { hubspot: before } = await onramp.reaches('onboarded')
    await askHubSpot(onramp, 'DELETE', `/crm/v3/objects/contacts/${before.contactId}`)
    await onramp.updated({ company: { id: 'org_2', name: 'Difference Engines' } })
    await expect.poll(() => firstContact(onramp), { timeout: 10_000 }).toMatchObject({ email: 'ada@example.com' })
    await expect
      .poll(async () => {
        const { companies, associations } = await recordsOf(onramp.portal)
        return associations.map(({ companyId }) => companies.find(({ id }) => id === companyId)?.name)
      })
      .toEqual(['Difference Engines'])
  })
})

describe('a company that people delete in HubSpot', () => {
  it('is made anew and associated again', async ({ onramp }) => {
    await onramp.registered()
    const { hubspot: before } = await onramp.reaches('onboarded')
    await askHubSpot(onramp, 'DELETE', `/crm/v3/objects/companies/${before.companyId}`)
    await onramp.updated({ company: { phone: '2' } })
    await expect
      .poll(async () => (await recordsOf(onramp.portal)).companies)
      .toMatchObject([{ name: 'Analytical Engines', phone: '2' }])
    await expect.poll(async () => (await recordsOf(onramp.portal)).associations.length).toBe(1)
  })
})

describe('a customer who is parked', () => {
  it('goes on with an operator’s correction, which is newer than whatever is known', async ({ onramp }) => {
    await onramp.portal.fault({ ...CALLS.createContact, effect: { kind: 'status', status: 400 } })
    await onramp.registered({ phone: 'wrong' }, { timestamp: new Date(Date.now() + 3_600_000).toISOString() })
    await expect.poll(async () => (await onramp.status()).attention?.step).toBe('contact')

    const response = await resume(onramp, { customer: { phone: 'right' } })
    expect(response.status).toBe(202)
    await onramp.reaches('onboarded')
    expect(await firstContact(onramp)).toMatchObject({ phone: 'right' })
  })

  it('cannot be resumed when nothing is parked: 409; unknown: 404; with nonsense: 422', async ({ onramp }) => {
    expect((await resume(onramp)).status).toBe(404)
    await onramp.registered()
    await onramp.reaches('onboarded')
    const nothing = await resume(onramp)
    expect(nothing.status).toBe(409)
    expect(await nothing.json()).toMatchObject({ code: 'nothing-parked' })
    const nonsense = await resume(onramp, { customer: { email: null } })
    expect(nonsense.status).toBe(422)
    expect(await nonsense.json()).toMatchObject({ code: 'invalid-correction', errors: [{ path: 'customer.email' }] })
  })
})

describe('a customer who is quiet for thirty days', () => {
  const itThirtyDays = onrampWith({ time: 'skips' })
  const workflow = async ({ client, customerId }: Onramp) =>
    await client.workflow.getHandle(onboardingId(customerId)).describe()
  const hasEnded = (onramp: Onramp) =>
    expect.poll(async () => (await workflow(onramp)).status.name, { timeout: 10_000 }).toBe('COMPLETED')

  itThirtyDays('is let go, and is found again by their own records', async ({ onramp }) => {
    await onramp.registered({}, { timestamp: '2026-11-24T09:00:00.000Z' })
    await hasEnded(onramp)
    const { startTime, closeTime } = await workflow(onramp)
    expect((closeTime?.getTime() ?? 0) - startTime.getTime()).toBeGreaterThanOrEqual(30 * 86_400_000)
    const { hubspot: before } = await onramp.status()

    await onramp.updated({ phone: 'too late' }, { timestamp: '2026-11-24T08:00:00.000Z' })
    await expect.poll(async () => (await onramp.status()).timeline[1]?.outcome).toBe('found in HubSpot')
    await hasEnded(onramp)
    await onramp.updated({ lastName: 'Lovelace' })
    await expect.poll(() => firstContact(onramp)).toMatchObject({ id: before.contactId, lastname: 'Lovelace' })
    expect(await firstContact(onramp)).not.toHaveProperty('phone')
    const { contacts, companies } = await recordsOf(onramp.portal)
    expect([contacts.length, companies.length]).toEqual([1, 1])
  })

  itThirtyDays('but waits for a person is not', async ({ onramp }) => {
    await aContactInHubSpot(onramp, { email: 'taken@example.com' })
    await onramp.registered()
    await hasEnded(onramp)
    await onramp.updated({ email: 'taken@example.com' })
    await expect.poll(async () => (await onramp.status()).attention?.reason).toBe('email-taken')
    const timeouts = async () => {
      const { events } = await onramp.client.workflow.getHandle(onboardingId(onramp.customerId)).fetchHistory()
      return events?.filter((event) => event.timerFiredEventAttributes).length ?? 0
    }
    // Two times thirty days have passed.
    await expect.poll(timeouts, { timeout: 10_000 }).toBeGreaterThanOrEqual(2)
    expect((await workflow(onramp)).status.name).toBe('RUNNING')
  })
})

describe('a run whose history grows', () => {
  const itOften = onrampWith({ settings: { continueAsNewAtEvents: 30 } })

  itOften('G8 · renews itself and loses nothing at the seams', async ({ onramp }) => {
    await onramp.registered()
    for (let index = 1; index <= 60; index += 1) await onramp.updated({ phone: String(index) })
    await expect.poll(() => firstContact(onramp), { timeout: 15_000 }).toMatchObject({ phone: '60', firstname: 'Ada' })

    const handle = onramp.client.workflow.getHandle(onboardingId(onramp.customerId))
    const { status, historyLength } = await handle.describe()
    expect(status.name).toBe('RUNNING')
    expect(historyLength).toBeLessThan(100)
    expect((await onramp.status()).hubspot.contactOutcome).toBe('created')
  })
})

describe('a run whose history grows while HubSpot is down', () => {
  const itOften = onrampWith({ settings: { continueAsNewAtEvents: 60 } })

  itOften('G8 · hands over all the same, and the newest values are written afterwards', async ({ onramp }) => {
    await onramp.registered()
    await onramp.reaches('onboarded')
    await onramp.portal.fault({ ...CALLS.updateContact, times: null, effect: { kind: 'status', status: 503 } })
    const lengths: number[] = []
    for (let index = 1; index <= 400; index += 1) {
      await onramp.updated({ phone: String(index) })
      const { historyLength } = await onramp.client.workflow.getHandle(onboardingId(onramp.customerId)).describe()
      lengths.push(historyLength)
    }
    expect(Math.max(...lengths)).toBeLessThan(60 * 4)
    await onramp.portal.clearFaults()
    await expect.poll(() => firstContact(onramp), { timeout: 20_000 }).toMatchObject({ phone: '400' })
  })
})

describe('a customer who is parked while the run renews itself', () => {
  const itOften = onrampWith({ settings: { continueAsNewAtEvents: 40 } })

  itOften('G8 · stays parked once, and asks HubSpot nothing meanwhile', async ({ onramp }) => {
    await onramp.portal.fault({ ...CALLS.createContact, effect: { kind: 'status', status: 400 } })
    await onramp.registered()
    await expect.poll(async () => (await onramp.status()).parked.length).toBe(1)
    const asked = (await onramp.portal.requests(CALLS.createContact)).length

    const handle = onramp.client.workflow.getHandle(onboardingId(onramp.customerId))
    const runId = async () => (await handle.describe()).runId
    const before = await runId()
    for (let index = 0; index < 30; index += 1) await handle.signal('whatever')
    await expect.poll(runId).not.toBe(before)
    expect((await onramp.status()).parked).toHaveLength(1)
    expect((await onramp.portal.requests(CALLS.createContact)).length).toBe(asked)
    expect((await resume(onramp)).status).toBe(202)
    await onramp.reaches('onboarded')
  })
})

describe('a customer who is to be erased', () => {
  const MERGES = ['a new id', 'the primary record’s id']
  const mergeContacts = async (onramp: Onramp, { into, from }: { into: string | null; from: string | null }) => {
    const merge = { primaryObjectId: into, objectIdToMerge: from }
    expect((await askHubSpot(onramp, 'POST', '/crm/v3/objects/contacts/merge', merge)).status).toBe(200)
  }

  const workflowOf = ({ client, customerId }: Onramp, runId?: string) =>
    client.workflow.getHandle(onboardingId(customerId), runId)
  const runIdOf = async (onramp: Onramp) => (await workflowOf(onramp).describe()).runId

  /** All that Temporal has of the customer, each run's history as text: what an event carried is bytes in it. */
  const keptOf = async (onramp: Onramp) => {
    const kept: string[] = []
    for await (const { runId } of onramp.client.workflow.list({
      query: `WorkflowId = '${onboardingId(onramp.customerId)}'`,
    }))
      kept.push(textIn(await workflowOf(onramp, runId).fetchHistory()))
    return kept
  }
  const textIn = (part: unknown): string => {
    if (part instanceof Uint8Array) return Buffer.from(part).toString()
    return typeof part === 'object' && part !== null ? Object.values(part).map(textIn).join('\n') : String(part)
  }
  /** Temporal takes a moment to delete, and a history may go while it is read. */
  const isForgotten = async (onramp: Onramp) =>
    await expect
      .poll(() => keptOf(onramp).catch(() => 'is being deleted'), { timeout: 20_000, interval: 200 })
      .toEqual([expect.not.stringContaining('Canary')])

  it(
    'is gone from HubSpot and from Temporal’s past, and stays so whatever arrives',
    { timeout: 90_000 },
    async ({ onramp }) => {
      await onramp.registered({ firstName: 'CanaryFirst' })
      await onramp.reaches('onboarded')
      await expect.poll(() => keptOf(onramp)).toEqual([expect.stringContaining('CanaryFirst')])
      await onramp.erased()
      await onramp.reaches('erased')

      const { contacts, companies } = await recordsOf(onramp.portal)
      expect([contacts.length, companies.length]).toEqual([0, 1])
      await isForgotten(onramp)

      for (const late of ['updated', 'registered'] as const) {
        const before = await runIdOf(onramp)
        await onramp[late]({ firstName: 'CanaryLate' })
        // The run that took it in hands over, so that it can be deleted.
        await expect.poll(() => runIdOf(onramp), { timeout: 10_000 }).not.toBe(before)
      }
      await isForgotten(onramp)
      expect(await onramp.status()).toMatchObject({ phase: 'erased', hubspot: { contactId: null }, attention: null })
      expect((await recordsOf(onramp.portal)).contacts).toEqual([])
      expect((await ask(onramp.app, '/v1/customers?phase=erased')).status).toBe(200)
    },
  )

  it(
    'is forgotten also when Temporal has let go of the oldest run already',
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
      // As retention does it to a run that has ended long ago.
      const { workflowService, options } = onramp.client
      await workflowService.deleteWorkflowExecution({
        namespace: options.namespace,
        workflowExecution: { workflowId: onboardingId(onramp.customerId), runId: oldest },
      })
      const isThere = async () =>
        await workflowOf(onramp, oldest)
          .fetchHistory()
          .then(() => true)
          .catch(() => false)
      await expect.poll(isThere, { timeout: 10_000 }).toBe(false)

      await onramp.erased()
      await onramp.reaches('erased')
      await isForgotten(onramp)
      const pending = async () => (await workflowOf(onramp).describe()).raw.pendingActivities
      await expect.poll(pending, { timeout: 10_000 }).toEqual([])
    },
  )

  it('is erased also while HubSpot is down and the onboarding has not got through', async ({ onramp }) => {
    await onramp.portal.fault({ ...CALLS.createContact, times: 2, effect: { kind: 'status', status: 503 } })
    await onramp.registered()
    await onramp.erased()
    await onramp.reaches('erased')
    expect((await recordsOf(onramp.portal)).contacts).toEqual([])
  })

  it('does not wait for a call that HubSpot never takes', async ({ onramp }) => {
    await onramp.portal.fault({ ...CALLS.createContact, times: null, effect: { kind: 'status', status: 503 } })
    await onramp.registered()
    await expect.poll(async () => (await onramp.portal.requests(CALLS.createContact)).length).toBeGreaterThan(0)
    await onramp.erased()
    await onramp.reaches('erased')
  })

  it('does not wait for a call that is under way, and leaves nothing of it', async ({ onramp }) => {
    await onramp.portal.fault({ ...CALLS.createContact, effect: { kind: 'commit-then-hang' } })
    await onramp.registered()
    await expect.poll(async () => (await recordsOf(onramp.portal)).contacts.length).toBe(1)
    await onramp.erased()
    await onramp.reaches('erased')
    expect((await recordsOf(onramp.portal)).contacts).toEqual([])
  })

  it('is gone also where people have deleted the contact and made another with the customer’s id', async ({
    onramp,
  }) => {
    await onramp.registered()
    const { hubspot } = await onramp.reaches('onboarded')
    await askHubSpot(onramp, 'DELETE', `/crm/v3/objects/contacts/${hubspot.contactId}`)
    await aContactInHubSpot(onramp, { email: 'ada.l@example.com', onramp_customer_id: onramp.customerId })
    await onramp.erased()
    await onramp.reaches('erased')
    // Nor is anything left among the deleted.
    expect((await onramp.portal.records()).contacts).toEqual([])
  })

  it.for(MERGES)('is gone where people have merged the contact, and it lives on under %s', async (kept, { onramp }) => {
    await onramp.portal.settings({ mergeKeepsPrimaryId: kept !== 'a new id' })
    await onramp.registered()
    const { hubspot } = await onramp.reaches('onboarded')
    const other = await aContactInHubSpot(onramp, { email: 'ada.l@example.com' })
    await mergeContacts(onramp, { into: other, from: hubspot.contactId })
    await onramp.erased()
    await onramp.reaches('erased')
    expect((await onramp.portal.records()).contacts).toEqual([])
  })

  it.for(MERGES)('G3 · takes nobody along whose contact theirs was merged into, under %s', async (kept, { onramp }) => {
    await onramp.portal.settings({ mergeKeepsPrimaryId: kept !== 'a new id' })
    const other = `${onramp.customerId}-other`
    await onramp.registered({ customerId: other, email: 'bob@example.com' })
    const bob = await onramp.reaches('onboarded', other)
    await onramp.registered()
    const ada = await onramp.reaches('onboarded')
    await mergeContacts(onramp, { into: bob.hubspot.contactId, from: ada.hubspot.contactId })
    const { contacts } = await recordsOf(onramp.portal)
    expect(contacts).toMatchObject([{ onramp_customer_id: other }])

    await onramp.erased()
    const { timeline } = await onramp.reaches('erased')
    expect(timeline.at(-1)).toMatchObject({
      what: 'erasure',
      note: expect.stringContaining(`which is customer ${other}`),
    })
    expect((await recordsOf(onramp.portal)).contacts).toEqual(contacts)
  })

  it('who was never known leaves a mark and nothing else', async ({ onramp }) => {
    await onramp.erased()
    await onramp.reaches('erased')
    expect((await recordsOf(onramp.portal)).contacts).toEqual([])
  })
})
