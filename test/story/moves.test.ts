// A customer who moves to another organization, named in any way and at any time.

import { describe, expect } from 'vitest'
import { aCompanyInHubSpot, aContactInHubSpot, callAsHubSpotUser, rejectionOf } from '../support/given.ts'
import { HUBSPOT_CALLS, it, onrampWith, recordsIn } from '../support/onramp.ts'
import type { Onramp } from '../support/onramp.ts'
import {
  associatedCompanyNames,
  at,
  firstContact,
  itWithTimeSkipping,
  waitUntilCompleted,
  waitUntilParkedAt,
  workflowOf,
} from '../support/story.ts'

const companyKeysAndNames = async ({ portal }: Onramp) =>
  (await recordsIn(portal)).companies.map(({ name, onramp_company_key: key }) => `${key} ${name}`)

describe('a customer who moves to another organization', () => {
  it('is associated with its company as the primary one, and no longer with the former company', async ({ onramp }) => {
    await onramp.registered({ company: { id: 'org_1', name: 'Analytical Engines', phone: '1' } })
    const before = await onramp.reaches('onboarded')
    await onramp.updated({ company: { id: 'org_2', name: 'Difference Engines' } })

    const current = async () => (await onramp.portal.records()).associations
    await expect
      .poll(async () => (await current()).map(({ companyId }) => companyId))
      .not.toContain(before.hubspot.companyId)
    await expect.poll(() => current()).toMatchObject([{ contactId: before.hubspot.contactId, typeIds: [1, 279] }])
    const { companies, associations } = await recordsIn(onramp.portal)
    const moved = companies.find(({ name }) => name === 'Difference Engines')
    expect(moved).toMatchObject({ onramp_company_key: 'id:org_2' })
    // The values of the former organization stay at its company.
    expect(moved?.phone).toBeUndefined()
    expect(companies.find(({ name }) => name === 'Analytical Engines')?.phone).toBe('1')
    expect(associations.map(({ companyId }) => companyId)).toEqual([moved?.id])
  })

  const itKeepingFormer = onrampWith({ policies: { move: 'keep' } })
  itKeepingFormer(
    'stays associated with the former company as well, with ASSOCIATION_ON_MOVE=keep',
    async ({ onramp }) => {
      await onramp.registered({ company: { id: 'org_1', name: 'Analytical Engines' } })
      await onramp.reaches('onboarded')
      await onramp.updated({ company: { id: 'org_2', name: 'Difference Engines' } })
      await expect.poll(async () => (await onramp.portal.records()).associations.length).toBe(2)
    },
  )
})

describe('a customer whose new company cannot be created yet', () => {
  it('is parked at the company, while the contact is kept in sync', async ({ onramp }) => {
    await onramp.registered({ company: { id: 'org_1', name: 'Analytical Engines' } })
    await onramp.reaches('onboarded')
    // onramp knows only the product's id of the new organization, and HubSpot accepts no company without a name or a domain.
    await onramp.updated({ company: { id: 'org_2' } })
    await expect.poll(async () => (await onramp.status()).attention?.step).toBe('company')
    await expect.poll(async () => (await onramp.status()).phase).toBe('company')
    await onramp.updated({ phone: '7' })
    await expect.poll(() => firstContact(onramp)).toMatchObject({ phone: '7' })
    await onramp.updated({ company: { name: 'Difference Engines' } })
    await onramp.reaches('onboarded')
  })

  it('is never parked when the name arrives during the call that fails without it', async ({ onramp }) => {
    await onramp.registered({ company: { id: 'org_1', name: 'Analytical Engines' } })
    await onramp.reaches('onboarded')
    // The call is repeated without the name until HubSpot answers, which is after the name has arrived.
    const lookUp = { method: 'GET', path: '/companies/id' }
    await onramp.portal.fault({ ...lookUp, times: null, effect: { kind: 'status', status: 503 } })
    const before = (await onramp.portal.requests(lookUp)).length
    await onramp.updated({ company: { id: 'org_2' } })
    await expect.poll(async () => (await onramp.portal.requests(lookUp)).length).toBeGreaterThan(before)
    await onramp.updated({ company: { name: 'Difference Engines' } })
    await onramp.portal.clearFaults()
    await expect.poll(() => companyKeysAndNames(onramp)).toContain('id:org_2 Difference Engines')
    const { timeline } = await onramp.reaches('onboarded')
    expect(timeline.filter(({ outcome }) => outcome.startsWith('parked'))).toEqual([])
  })
})

describe('a customer who registered with an organization without an id', () => {
  it('moves when a second id names another organization, and the first company keeps its name', async ({ onramp }) => {
    await onramp.registered({ company: { name: 'One', domain: 'one.example' } }, at(0))
    await onramp.reaches('onboarded')
    await onramp.updated({ company: { id: 'org_1', name: 'One' } }, at(1))
    await onramp.updated({ company: { id: 'org_2', name: 'Two' } }, at(2))
    await expect.poll(() => companyKeysAndNames(onramp)).toEqual(['domain:one.example One', 'id:org_2 Two'])
  })
})

describe('a customer whose company was found by its domain', () => {
  it('moves with the first id when the company carries another id, and that company keeps its name', async ({
    onramp,
  }) => {
    const colleague = `${onramp.customerId}-colleague`
    const company = { name: 'One', domain: 'one.example' }
    await onramp.registered({ customerId: colleague, email: 'c@example.com', company: { id: 'org_1', ...company } })
    await onramp.reaches('onboarded', colleague)
    await onramp.registered({ company }, at(0))
    await onramp.reaches('onboarded')
    expect(await companyKeysAndNames(onramp)).toEqual(['id:org_1 One'])
    await onramp.updated({ company: { id: 'org_2', name: 'Two' } }, at(1))
    await expect.poll(() => companyKeysAndNames(onramp)).toEqual(['id:org_1 One', 'id:org_2 Two'])
  })

  it('moves with the first id when the event brings another domain', async ({ onramp }) => {
    await onramp.registered({ company: { name: 'One', domain: 'one.example' } }, at(0))
    await onramp.reaches('onboarded')
    await onramp.updated({ company: { id: 'org_2', name: 'Two', domain: 'two.example' } }, at(1))
    await expect.poll(() => companyKeysAndNames(onramp)).toEqual(['domain:one.example One', 'id:org_2 Two'])
    await expect.poll(() => associatedCompanyNames(onramp)).toEqual(['Two'])
  })
})

describe('a move', () => {
  it('is not stopped by an earlier move to an organization without a name', async ({ onramp }) => {
    const colleague = `${onramp.customerId}-colleague`
    await onramp.registered({ customerId: colleague, email: 'c@example.com', company: { id: 'org_3', name: 'Three' } })
    const { contactId } = (await onramp.reaches('onboarded', colleague)).hubspot
    await onramp.registered({ company: { id: 'org_1', name: 'One' } }, at(0))
    await onramp.reaches('onboarded')
    await onramp.updated({ company: { id: 'org_2' } }, at(1))
    await waitUntilParkedAt(onramp, 'company')
    expect((await onramp.status()).attention?.message).toContain('neither its name nor its domain')
    await onramp.updated({ company: { id: 'org_3' } }, at(2))
    await expect
      .poll(async () => {
        const { associations } = await recordsIn(onramp.portal)
        return new Set(associations.map(({ companyId }) => companyId)).size
      })
      .toBe(1)
    expect((await onramp.reaches('onboarded')).parked).toEqual([])
    expect((await onramp.status()).hubspot.contactId).not.toBe(contactId)
  })

  it('back to the former organization leaves nothing parked', async ({ onramp }) => {
    await onramp.registered({ company: { id: 'org_1', name: 'One' } }, at(0))
    await onramp.reaches('onboarded')
    await onramp.updated({ company: { id: 'org_2' } }, at(1))
    await waitUntilParkedAt(onramp, 'company')
    await onramp.updated({ company: { id: 'org_1' } }, at(2))
    await expect.poll(async () => (await onramp.status()).parked).toEqual([])
    await expect.poll(async () => (await onramp.status()).phase).toBe('onboarded')
  })

  it('unparks what was rejected for the former organization', async ({ onramp }) => {
    await onramp.registered({ company: { id: 'org_1', name: 'One' } }, at(0))
    await onramp.reaches('onboarded')
    await onramp.portal.fault({
      ...HUBSPOT_CALLS.updateCompany,
      times: 1,
      effect: rejectionOf('phone', 'INVALID_PHONE'),
    })
    await onramp.updated({ company: { phone: 'bad' } }, at(1))
    await waitUntilParkedAt(onramp, 'company-update')
    await onramp.updated({ company: { id: 'org_2', name: 'Two' } }, at(2))
    await expect.poll(() => associatedCompanyNames(onramp)).toEqual(['Two'])
    await expect.poll(async () => (await onramp.status()).parked).toEqual([])
  })

  it('comes after the values that are still to be written to the former company', async ({ onramp }) => {
    await onramp.registered({ company: { id: 'org_1', name: 'One' } }, at(0))
    await onramp.reaches('onboarded')
    // The other events arrive while the write of the name is retried.
    await onramp.portal.fault({ ...HUBSPOT_CALLS.updateCompany, times: 1, effect: { kind: 'status', status: 503 } })
    await onramp.updated({ company: { name: 'One' } }, at(1))
    await expect.poll(() => onramp.portal.requests(HUBSPOT_CALLS.updateCompany)).not.toEqual([])
    await onramp.updated({ company: { phone: '2' } }, at(2))
    await onramp.updated({ company: { id: 'org_2', name: 'Two' } }, at(3))
    await expect.poll(() => associatedCompanyNames(onramp)).toEqual(['Two'])
    const { companies } = await recordsIn(onramp.portal)
    expect(companies.map(({ name, phone }) => [name, phone])).toEqual([
      ['One', '2'],
      ['Two', undefined],
    ])
  })

  it('that a late event shows to be earlier takes along the values since then', async ({ onramp }) => {
    await onramp.registered({ company: { id: 'org_1', name: 'One' } }, at(0))
    await onramp.reaches('onboarded')
    await onramp.updated({ company: { phone: '7' } }, at(7))
    await expect.poll(async () => (await recordsIn(onramp.portal)).companies[0]?.phone).toBe('7')
    await onramp.updated({ company: { id: 'org_2', name: 'Two' } }, at(9))
    await expect.poll(() => associatedCompanyNames(onramp)).toEqual(['Two'])
    await onramp.updated({ company: { id: 'org_2' } }, at(5))
    await expect
      .poll(async () => (await recordsIn(onramp.portal)).companies.find(({ name }) => name === 'Two')?.phone)
      .toBe('7')
  })

  it('that stopped halfway before the next move leaves one association', async ({ onramp }) => {
    await onramp.registered({ company: { id: 'org_1', name: 'One' } }, at(0))
    await onramp.reaches('onboarded')
    // HubSpot creates the association, and rejects the write to the contact that follows.
    await onramp.portal.fault({ ...HUBSPOT_CALLS.updateContact, effect: { kind: 'status', status: 400 } })
    await onramp.updated({ company: { id: 'org_2', name: 'Two' } }, at(1))
    await waitUntilParkedAt(onramp, 'association')
    await onramp.updated({ company: { id: 'org_3', name: 'Three' } }, at(2))
    await expect.poll(() => associatedCompanyNames(onramp)).toEqual(['Three'])
  })

  it('to the company into which HubSpot users merged the former one keeps the association', async ({ onramp }) => {
    const colleague = `${onramp.customerId}-colleague`
    await onramp.registered({ customerId: colleague, email: 'c@example.com', company: { id: 'org_2', name: 'Two' } })
    const two = (await onramp.reaches('onboarded', colleague)).hubspot.companyId
    await onramp.registered({ company: { id: 'org_1', name: 'One' } }, at(0))
    const { companyId: one, contactId } = (await onramp.reaches('onboarded')).hubspot
    await callAsHubSpotUser(onramp, 'POST', '/crm/v3/objects/companies/merge', {
      primaryObjectId: two,
      objectIdToMerge: one,
    })
    await onramp.updated({ company: { id: 'org_2', name: 'Two' } }, at(1))
    await expect
      .poll(async () => (await onramp.status()).timeline.map(({ note }) => note))
      .toContain(`moved from company ${one}`)
    const { associations } = await recordsIn(onramp.portal)
    expect(associations.filter((each) => each.contactId === contactId)).toHaveLength(1)
  })
})

describe('a correction', () => {
  it('brings no corrected value of the former organization to the next one', async ({ onramp }) => {
    await onramp.registered({ company: { id: 'org_1', name: 'One' } }, at(0))
    await onramp.reaches('onboarded')
    const correct = async (company: object) => {
      await waitUntilParkedAt(onramp, 'company')
      await workflowOf(onramp).executeUpdate('correct', { args: [{ by: null, customer: { company } }] })
    }
    await onramp.updated({ company: { id: 'org_2' } }, at(1))
    await correct({ name: 'Two', phone: 'phone of Two' })
    await expect.poll(() => associatedCompanyNames(onramp)).toEqual(['Two'])
    await onramp.updated({ company: { id: 'org_4' } }, { timestamp: new Date(Date.now() + 60_000).toISOString() })
    await correct({ id: 'org_3', name: 'Three' })
    await expect.poll(() => associatedCompanyNames(onramp)).toEqual(['Three'])
    const { companies } = await recordsIn(onramp.portal)
    expect(companies.find(({ name }) => name === 'Three')?.phone).toBeUndefined()
  })

  it('that names another organization moves the customer, and no company is renamed', async ({ onramp }) => {
    await onramp.registered({ company: { id: 'org_1', name: 'One' } })
    await onramp.reaches('onboarded')
    await onramp.updated({ company: { id: 'org_2' } })
    await waitUntilParkedAt(onramp, 'company')
    await workflowOf(onramp).executeUpdate('correct', {
      args: [{ by: null, customer: { company: { id: 'org_3', name: 'Three' } } }],
    })
    await onramp.reaches('onboarded')
    await expect.poll(() => companyKeysAndNames(onramp)).toContain('id:org_3 Three')
  })
})

describe('a customer who comes back after a move', () => {
  itWithTimeSkipping('with the old registration has nothing written to the former company', async ({ onramp }) => {
    const registration = { company: { id: 'org_1', name: 'One', phone: 'one' } }
    await onramp.registered(registration, { id: 'evt_first', ...at(0) })
    await onramp.reaches('onboarded')
    await onramp.updated({ phone: '2', company: { id: 'org_2', name: 'Two' } }, at(5))
    await waitUntilCompleted(onramp)
    await onramp.registered(registration, { id: 'evt_first', ...at(0) })
    await onramp.updated({ company: { phone: 'two' } }, at(20))
    await waitUntilCompleted(onramp)
    expect(await associatedCompanyNames(onramp)).toEqual(['Two'])
    expect((await recordsIn(onramp.portal)).companies.find(({ name }) => name === 'One')?.phone).toBe('one')
  })

  itWithTimeSkipping('with a late event of the former organization stays with the new one', async ({ onramp }) => {
    await onramp.registered({ company: { id: 'org_1', name: 'One' } }, at(0))
    await onramp.reaches('onboarded')
    await onramp.updated({ company: { id: 'org_2', name: 'Two' } }, at(9))
    await waitUntilCompleted(onramp)
    await onramp.updated({ company: { id: 'org_1', name: 'One' } }, at(5))
    await waitUntilCompleted(onramp)
    expect(await associatedCompanyNames(onramp)).toEqual(['Two'])
  })
})

describe('G3 · a contact that HubSpot users have merged into another customer’s', () => {
  const merged = async (onramp: Onramp) => {
    const other = `${onramp.customerId}-other`
    const company = { id: 'org_0', name: 'Of the other' }
    await onramp.registered({ customerId: other, email: 'other@example.com', company }, at(0))
    const { contactId } = (await onramp.reaches('onboarded', other)).hubspot
    await onramp.registered({ company: { id: 'org_1', name: 'One' } }, at(0))
    const objectIdToMerge = (await onramp.reaches('onboarded')).hubspot.contactId
    const path = '/crm/v3/objects/contacts/merge'
    await callAsHubSpotUser(onramp, 'POST', path, { primaryObjectId: contactId, objectIdToMerge })
    return other
  }
  const waitUntilParked = (onramp: Onramp) =>
    expect.poll(async () => (await onramp.status()).attention?.reason).toBe('contact-of-another-customer')

  it('is not associated with the company that this customer moves to', async ({ onramp }) => {
    await merged(onramp)
    await onramp.updated({ company: { id: 'org_2', name: 'Two' } }, at(1))
    await waitUntilParked(onramp)
    expect(await associatedCompanyNames(onramp)).not.toContain('Two')
  })

  it('is not associated with this customer’s company that was re-created', async ({ onramp }) => {
    await merged(onramp)
    const { companyId } = (await onramp.status()).hubspot
    await callAsHubSpotUser(onramp, 'DELETE', `/crm/v3/objects/companies/${companyId}`)
    await onramp.updated({ company: { phone: '1' } }, at(1))
    await waitUntilParked(onramp)
    await expect.poll(async () => (await companyKeysAndNames(onramp)).includes('id:org_1 One')).toBe(true)
    expect(await associatedCompanyNames(onramp)).toEqual(['Of the other'])
  })
})

describe('a contact that HubSpot users made, after the idle time', () => {
  itWithTimeSkipping('leaves the company with which onramp has associated it', async ({ onramp }) => {
    await aContactInHubSpot(onramp, { email: 'ada@example.com' })
    await onramp.registered({ company: { id: 'org_1', name: 'One' } }, at(0))
    await waitUntilCompleted(onramp)
    await onramp.updated({ company: { id: 'org_2', name: 'Two' } }, at(5))
    await waitUntilCompleted(onramp)
    expect((await onramp.portal.records()).associations).toMatchObject([{ typeIds: [1, 279] }])
    expect(await associatedCompanyNames(onramp)).toEqual(['Two'])
  })

  itWithTimeSkipping('stays with a company that was there before, and the timeline says why', async ({ onramp }) => {
    const companyId = await aCompanyInHubSpot(onramp, { name: 'One', domain: 'one.example' })
    const contactId = await aContactInHubSpot(onramp, { email: 'ada@example.com' })
    const path = `/crm/v4/objects/contacts/${contactId}/associations/default/companies/${companyId}`
    await callAsHubSpotUser(onramp, 'PUT', path)
    await onramp.registered({ company: { name: 'One', domain: 'one.example' } }, at(0))
    await waitUntilCompleted(onramp)
    await onramp.updated({ company: { id: 'org_2', name: 'Two', domain: 'two.example' } }, at(5))
    await waitUntilCompleted(onramp)
    expect(new Set(await associatedCompanyNames(onramp))).toEqual(new Set(['One', 'Two']))
    const { timeline } = await onramp.status()
    expect(timeline.map(({ outcome }) => outcome)).toContain(
      `with company ${companyId} stays, since HubSpot users may have made it`,
    )
  })
})
