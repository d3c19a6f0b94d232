// Every call to HubSpot goes through the scheduler under its kind, so that the scheduler can keep the quota.

import { describe, expect, it } from 'vitest'
import { EmulatorControl } from 'hubspot-emulator/control'
import { startEmulator } from 'hubspot-emulator/server'
import { createHubSpot } from '../../hubspot/client/client.ts'
import type { BatchKind } from '../../hubspot/client/batch-kind.ts'
import type { CallKind } from '../../hubspot/client/call-kind.ts'
import type { Terms } from '../../hubspot/client/scheduled-call.ts'
import { QuotaScheduler } from '../../hubspot/client/scheduler.ts'
import { createHubSpotCrm } from '../../hubspot/crm.ts'
import { setUp } from '../../hubspot/setup.ts'
import { DEFAULT_POLICIES } from '../support/hubspot-portal.ts'

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
    const { companyId, companyKey } = await crm.createCompany(one)
    const { contactId } = await crm.createContact({
      customerId: 'cus_1',
      companyKey,
      values: { email: 'ada@example.com' },
      lastEventAt,
    })
    await crm.associateContact({ customerId: 'cus_1', contactId, companyId, companies: null })
    const times = { repeated: [], ownEventAt: 1000, othersEventAt: 0, lastEventAt: 2000 }
    await crm.updateCompany({
      companyId,
      companyKey,
      values: { 'company.phone': '1' },
      times: { 'company.phone': 2000 },
      ...times,
    })
    await crm.updateContact({ customerId: 'cus_1', contactId, companyKey, values: { phone: '1' }, lastEventAt: 2000 })
    const next = await crm.createCompany({ ...one, organizationId: 'org_2', values: { 'company.name': 'Next' } })
    const { companyId: nextId, companyKey: nextKey } = next
    const move = { customerId: 'cus_1', contactId, companyId: nextId, companyKey: nextKey }
    await crm.moveContact({ ...move, fromCompanyIds: [companyId], lastEventAt: 3000 })
    await crm.findCustomer({ customerId: 'cus_1', company: null })
    const erasure = { ownCompany: 'possible', look: 'first' } as const
    await crm.eraseContact({ customerId: 'cus_1', contactId, ...erasure, formerContactIds: [] })

    expect(new Set(kinds)).toEqual(new Set(ALL_KINDS))
    expect(await control.requests()).toHaveLength(kinds.length)
  })
})

const ALL_KINDS: CallKind[] = [
  'account.read',
  'association.create',
  'association.delete',
  'association.read',
  'company.create',
  'company.read',
  'company.search',
  'company.update',
  'contact.create',
  'contact.erase',
  'contact.read',
  'contact.update',
  'property.create',
  'property.read',
]

/** Records the kind of each call. Calls that go alone make as many requests as there are calls. */
class RecordingScheduler extends QuotaScheduler {
  readonly kinds: CallKind[] = []

  override async call<T>(kind: CallKind, perform: () => Promise<T>, terms: Terms): Promise<T> {
    this.kinds.push(kind)
    return await super.call(kind, perform, terms)
  }

  override async row<Row, Answer>(batch: BatchKind<Row, Answer>, row: Row, terms: Terms): Promise<Answer> {
    this.kinds.push(batch.kind)
    return await super.row({ ...batch, maxRows: 1 }, row, terms)
  }
}

async function startPortal() {
  const emulator = await startEmulator({ port: 0 })
  const scheduler = new RecordingScheduler()
  const hubspot = createHubSpot({
    baseUrl: emulator.url,
    accessToken: 'test',
    apiVersion: '2026-09',
    timeoutMs: 1000,
    circuitBreaker: { probeSeconds: 1, onChange: () => {} },
    scheduler,
  })
  return {
    hubspot,
    crm: createHubSpotCrm(hubspot, { policies: DEFAULT_POLICIES }),
    control: new EmulatorControl(emulator.url),
    kinds: scheduler.kinds,
    async [Symbol.asyncDispose]() {
      await hubspot.close()
      await emulator.stop()
    },
  }
}
