// G9 · HubSpot answers 403: one customer's call parks that customer, and a missing scope parks nobody more than the first two.

import { randomUUID } from 'node:crypto'
import { describe, expect, onTestFinished } from 'vitest'
import type { Fault } from 'hubspot-emulator/control'
import { resume } from '../support/given.ts'
import { HUBSPOT_CALLS, it, onrampWith, recordsIn } from '../support/onramp.ts'
import type { Onramp } from '../support/onramp.ts'
import { waitUntilParkedAt } from '../support/story.ts'
import { startWorkerProcess } from '../support/worker-process.ts'

const itAlone = onrampWith({ worker: 'none' })

const FORBIDDEN: Fault['effect'] = {
  kind: 'status',
  status: 403,
  body: {
    status: 'error',
    message: 'You do not have permissions to edit this record.',
    correlationId: '0193b0a0-0000-7000-8000-000000000000',
    category: 'FORBIDDEN',
  },
}
const ANY_CONTACT = { method: 'GET', path: '/objects/(2026-09/)?contacts$' }

const register = async (onramp: Onramp, count: number): Promise<string[]> => {
  const customers = Array.from({ length: count }, () => `cus_${randomUUID()}`)
  for (const customerId of customers)
    await onramp.registered({ customerId, email: `${customerId}@example.com`, company: { name: 'A' } })
  return customers
}

const expectOnboarded = async (onramp: Onramp, customers: string[]) => {
  for (const customerId of customers)
    expect(await onramp.reaches('onboarded', customerId)).toMatchObject({ parked: [] })
}

describe('G9 · HubSpot forbids one customer’s update', () => {
  it('parks that customer with HubSpot’s category and what to do, and onboards all others', async ({ onramp }) => {
    await onramp.registered()
    await onramp.reaches('onboarded')
    await onramp.portal.fault({
      method: 'PATCH',
      path: `/contacts/${onramp.customerId}$`,
      times: null,
      effect: FORBIDDEN,
    })
    await onramp.updated({ phone: '2' })
    await waitUntilParkedAt(onramp, 'contact-update')
    await expectOnboarded(onramp, await register(onramp, 5))

    const { attention } = await onramp.status()
    expect(attention).toMatchObject({ reason: 'refused-by-hubspot' })
    expect(attention?.message).toContain('403, FORBIDDEN')
    expect(attention?.message).toContain('Give the app the permission in HubSpot')
  })

  it('is not believed while the neutral call fails: the update is retried, and all others are onboarded', async ({
    onramp,
  }) => {
    await onramp.registered()
    await onramp.reaches('onboarded')
    await onramp.portal.fault({ ...HUBSPOT_CALLS.updateContact, times: 2, effect: FORBIDDEN })
    await onramp.portal.fault({ ...ANY_CONTACT, times: 2, effect: { kind: 'status', status: 503 } })
    await onramp.updated({ phone: '2' })
    await expectOnboarded(onramp, await register(onramp, 2))
    await expect.poll(async () => (await recordsIn(onramp.portal)).contacts.map(({ phone }) => phone)).toContain('2')
    expect(await onramp.status()).toMatchObject({ parked: [] })
  })
})

describe('G9 · HubSpot forbids the erasure of contacts', () => {
  it('parks the erasure, and onboards all others', async ({ onramp }) => {
    await onramp.registered()
    await onramp.reaches('onboarded')
    await onramp.portal.fault({ method: 'POST', path: '/gdpr-delete$', times: null, effect: FORBIDDEN })
    await onramp.erased()
    await waitUntilParkedAt(onramp, 'erasure')
    await expectOnboarded(onramp, await register(onramp, 5))
    expect((await onramp.status()).attention?.message).toContain('403, FORBIDDEN')
  })
})

describe('G9 · a token without the scope for one kind of call', () => {
  const title = 'parks the first two customers, all others wait for the scope and are onboarded'
  itAlone(title, async ({ onramp }) => {
    const worker = await startWorkerProcess(onramp, { HUBSPOT_PROBE_SECONDS: '1' })
    onTestFinished(() => worker.kill())
    const withoutScope = ['crm.objects.contacts.read', 'crm.objects.contacts.write', 'crm.objects.companies.read']
    await onramp.portal.settings({ grantedScopes: withoutScope })
    const customers = await register(onramp, 6)
    const parked = async () => {
      const statuses = await Promise.all(customers.map((customerId) => onramp.status(customerId)))
      return statuses.filter(({ attention }) => attention !== null)
    }

    await expect
      .poll(() => worker.ready())
      .toMatchObject({ status: 503, body: { failing: ['hubspot-forbidden:company.create'] } })
    await expect.poll(() => worker.metrics()).toContain('onramp_hubspot_forbidden{kind="company.create"} 1')
    // Two trials later, nobody more is parked.
    const creates = async () => (await onramp.portal.requests(HUBSPOT_CALLS.createCompany)).length
    const before = await creates()
    await expect.poll(creates).toBeGreaterThanOrEqual(before + 2)
    await expect.poll(async () => (await parked()).length).toBe(2)
    const [one] = await parked()
    expect(one?.attention?.message).toContain('crm.objects.companies.write')
    expect(worker.output().match(/403 to this kind of call/g)).toHaveLength(1)

    await onramp.portal.settings({ grantedScopes: null })
    const parkedIds = (await parked()).map(({ customerId }) => customerId)
    await expectOnboarded(
      onramp,
      customers.filter((customerId) => !parkedIds.includes(customerId)),
    )
    await expect.poll(() => worker.ready()).toMatchObject({ status: 200 })
    for (const customerId of parkedIds) expect((await resume({ ...onramp, customerId })).status).toBe(202)
    await expectOnboarded(onramp, parkedIds)
  })
})
