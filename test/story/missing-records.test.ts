// G9 · A 404 counts as a missing record only when HubSpot itself says so, and when it still answers for others.

import { randomUUID } from 'node:crypto'
import { describe, expect } from 'vitest'
import type { Fault } from 'hubspot-emulator/control'
import { it, recordsIn } from '../support/onramp.ts'
import type { Onramp } from '../support/onramp.ts'

const GATEWAY_404: Fault['effect'] = {
  kind: 'body',
  status: 404,
  contentType: 'application/json',
  body: '{"message":"no Route matched with those values"}',
}
const CONTACTS = '/objects/(2026-09/)?contacts'

const onboarded = async (onramp: Onramp, count: number): Promise<string[]> => {
  const customers = Array.from({ length: count }, () => `cus_${randomUUID()}`)
  const register = (customerId: string) =>
    onramp.registered({ customerId, email: `${customerId}@example.com`, company: { name: customerId } })
  await Promise.all(customers.map(register))
  for (const customerId of customers) await onramp.reaches('onboarded', customerId)
  return customers
}

/** A busy machine may repeat one, so the tests compare the number with an earlier one. */
const creates = async ({ portal }: Onramp) => await portal.requests({ method: 'POST', path: `${CONTACTS}$` })

const phones = async ({ portal }: Onramp) => (await recordsIn(portal)).contacts.map(({ phone }) => phone)

describe('G9 · a gateway that answers 404 for every contact', () => {
  it('parks none of ten customers and re-creates no contact, and all changes are written afterwards', async ({
    onramp,
  }) => {
    const customers = await onboarded(onramp, 10)
    const before = (await creates(onramp)).length
    await onramp.portal.fault({ path: `${CONTACTS}`, times: null, effect: GATEWAY_404 })
    for (const customerId of customers) await onramp.updated({ customerId, phone: '2' })
    const updates = async () => (await onramp.portal.requests({ method: 'PATCH', path: CONTACTS })).length
    await expect.poll(updates).toBeGreaterThanOrEqual(20)
    for (const customerId of customers) {
      expect(await onramp.status(customerId)).toMatchObject({ phase: 'onboarded', parked: [] })
    }

    await onramp.portal.clearFaults()
    await expect.poll(() => phones(onramp)).toEqual(Array.from({ length: 10 }, () => '2'))
    expect(await creates(onramp)).toHaveLength(before)
    expect((await recordsIn(onramp.portal)).contacts).toHaveLength(10)
  })
})

describe('a record that HubSpot calls missing', () => {
  it('does not count while the neutral call fails', async ({ onramp }) => {
    await onramp.registered()
    await onramp.reaches('onboarded')
    const before = (await creates(onramp)).length
    await onramp.portal.fault({ method: 'PATCH', path: CONTACTS, effect: { kind: 'status', status: 404 } })
    await onramp.portal.fault({ method: 'GET', path: `${CONTACTS}$`, effect: { kind: 'status', status: 500 } })
    await onramp.updated({ phone: '2' })
    await expect.poll(() => phones(onramp)).toEqual(['2'])
    expect(await creates(onramp)).toHaveLength(before)
    expect((await recordsIn(onramp.portal)).contacts).toHaveLength(1)
  })

  it('does not count for a second customer within a minute until HubSpot has said so twice', async ({ onramp }) => {
    const [first = '', second = ''] = await onboarded(onramp, 2)
    const missing = { method: 'PATCH', path: CONTACTS, effect: { kind: 'status', status: 404 } } as const
    await onramp.portal.fault(missing)
    await onramp.updated({ customerId: first, phone: '1' })
    await expect.poll(() => phones(onramp)).toContain('1')
    await onramp.portal.fault(missing)
    await onramp.updated({ customerId: second, phone: '2' })
    await expect.poll(() => phones(onramp)).toContain('2')
    const timeline = async (customerId: string) =>
      (await onramp.status(customerId)).timeline.map(({ outcome }) => outcome).join()
    expect(await timeline(first)).toContain('deleted by HubSpot users')
    expect(await timeline(second)).not.toContain('deleted by HubSpot users')
  })
})
