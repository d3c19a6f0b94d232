// Every call to HubSpot goes through the scheduler under its kind, so that the scheduler can keep the quota.

import { describe, expect, it } from 'vitest'
import { EmulatorControl } from 'hubspot-emulator/control'
import { startEmulator } from 'hubspot-emulator/server'
import { createHubSpot } from '../../hubspot/client/client.ts'
import type { CallKind, Schedule } from '../../hubspot/client/scheduler.ts'
import { createHubSpotCrm } from '../../hubspot/crm.ts'
import { setUp } from '../../hubspot/setup.ts'

describe('the scheduler', () => {
  it('gets each call of the setup and of a customer’s whole story, and no other call reaches HubSpot', async () => {
    await using portal = await startPortal()
    const { crm, kinds, hubspot, control } = portal
    await hubspot.account()
    await setUp(hubspot, () => {})
    expect(kinds).toEqual(expect.arrayContaining<CallKind>(['account.read', 'property.read', 'property.create']))

    const lastEventAt = 1000
    const company = { 'company.name': 'Analytical Engines', 'company.domain': 'analytical.example' }
    const one = { customerId: 'cus_1', organizationId: 'org_1', values: company, lastEventAt }
    const { companyId } = await crm.createCompany(one)
    const { contactId } = await crm.createContact({
      customerId: 'cus_1',
      values: { email: 'ada@example.com' },
      lastEventAt,
    })
    await crm.associateContact({ contactId, companyId })
    const times = { ownEventAt: 1000, othersEventAt: 0, lastEventAt: 2000 }
    await crm.updateCompany({ companyId, values: { 'company.phone': '1' }, times: { 'company.phone': 2000 }, ...times })
    await crm.updateContact({ customerId: 'cus_1', contactId, values: { phone: '1' }, lastEventAt: 2000 })
    const next = await crm.createCompany({ ...one, organizationId: 'org_2', values: { 'company.name': 'Next' } })
    await crm.moveContact({ contactId, companyId: next.companyId, fromCompanyIds: [companyId], lastEventAt: 3000 })
    await crm.findCustomer('cus_1')
    await crm.eraseContact({ customerId: 'cus_1', contactId })

    expect(new Set(kinds)).toEqual(new Set(ALL_KINDS))
    expect(await control.requests()).toHaveLength(kinds.length)
  })

  it('decides when a call is sent', async () => {
    const release = Promise.withResolvers<void>()
    await using portal = await startPortal(async (_, call) => {
      await release.promise
      return await call()
    })
    const reading = portal.hubspot.contacts.readAny()
    await expect.poll(() => portal.kinds).toEqual(['contact.read'])
    expect(await portal.control.requests()).toEqual([])
    release.resolve()
    await reading
    expect(await portal.control.requests()).toHaveLength(1)
  })
})

const ALL_KINDS: CallKind[] = [
  'account.read',
  'association.create',
  'association.delete',
  'association.read',
  'company.read',
  'company.search',
  'company.update',
  'company.upsert',
  'contact.create',
  'contact.erase',
  'contact.read',
  'contact.update',
  'property.create',
  'property.read',
]

/** Starts an emulator, with a client whose scheduler records the kind of each call. */
async function startPortal(schedule: Schedule = (_, call) => call()) {
  const emulator = await startEmulator({ port: 0 })
  const kinds: CallKind[] = []
  const hubspot = createHubSpot({
    baseUrl: emulator.url,
    accessToken: 'test',
    apiVersion: '2026-09',
    timeoutMs: 1000,
    circuitBreaker: { probeSeconds: 1, onChange: () => {} },
    schedule(kind, call) {
      kinds.push(kind)
      return schedule(kind, call)
    },
  })
  return {
    hubspot,
    crm: createHubSpotCrm(hubspot, { adoption: 'by-domain', primary: 'if-none', move: 'replace' }),
    control: new EmulatorControl(emulator.url),
    kinds,
    async [Symbol.asyncDispose]() {
      await hubspot.close()
      await emulator.stop()
    },
  }
}
