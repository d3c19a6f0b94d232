// A customer who goes from one firm to another, in whichever way and at whichever time.

import { describe, expect } from 'vitest'
import { onboardingId } from '../../domain/ids.ts'
import { askHubSpot, refusalOf } from '../support/given.ts'
import { CALLS, it, onrampWith, recordsOf } from '../support/onramp.ts'
import type { Onramp } from '../support/onramp.ts'

const BEGUN = Date.now() - 10_000_000
const at = (seconds: number) => ({ timestamp: new Date(BEGUN + seconds * 1000).toISOString() })
const workflow = ({ client, customerId }: Onramp) => client.workflow.getHandle(onboardingId(customerId))
const keysOf = async ({ portal }: Onramp) =>
  (await recordsOf(portal)).companies.map(({ name, onramp_company_key: key }) => `${key} ${name}`)
const firmsOf = async ({ portal }: Onramp) => {
  const { companies, associations } = await recordsOf(portal)
  return associations.map(({ companyId }) => companies.find(({ id }) => id === companyId)?.name)
}
const parkedAt = (onramp: Onramp, step: string) =>
  expect.poll(async () => (await onramp.status()).attention?.step, { timeout: 10_000 }).toBe(step)

describe('a customer who registered with a firm without an id', () => {
  it('moves when a second id names another firm, and the first firm keeps its name', async ({ onramp }) => {
    await onramp.registered({ company: { name: 'One', domain: 'one.example' } }, at(0))
    await onramp.reaches('onboarded')
    await onramp.updated({ company: { id: 'org_1', name: 'One' } }, at(1))
    await onramp.updated({ company: { id: 'org_2', name: 'Two' } }, at(2))
    await expect.poll(() => keysOf(onramp)).toEqual(['domain:one.example One', 'id:org_2 Two'])
  })
})

describe('a customer who was led to a firm’s company by its domain', () => {
  it('moves with the first id when the company carries another one, and renames nobody’s company', async ({
    onramp,
  }) => {
    const colleague = `${onramp.customerId}-colleague`
    const company = { name: 'One', domain: 'one.example' }
    await onramp.registered({ customerId: colleague, email: 'c@example.com', company: { id: 'org_1', ...company } })
    await onramp.reaches('onboarded', colleague)
    await onramp.registered({ company }, at(0))
    await onramp.reaches('onboarded')
    expect(await keysOf(onramp)).toEqual(['id:org_1 One'])
    await onramp.updated({ company: { id: 'org_2', name: 'Two' } }, at(1))
    await expect.poll(() => keysOf(onramp)).toEqual(['id:org_1 One', 'id:org_2 Two'])
  })

  it('moves with the first id when another domain comes along', async ({ onramp }) => {
    await onramp.registered({ company: { name: 'One', domain: 'one.example' } }, at(0))
    await onramp.reaches('onboarded')
    await onramp.updated({ company: { id: 'org_2', name: 'Two', domain: 'two.example' } }, at(1))
    await expect.poll(() => keysOf(onramp)).toEqual(['domain:one.example One', 'id:org_2 Two'])
    await expect.poll(() => firmsOf(onramp)).toEqual(['Two'])
  })
})

describe('a move', () => {
  it('is not held up by the lack of a name in the one before', async ({ onramp }) => {
    const colleague = `${onramp.customerId}-colleague`
    await onramp.registered({ customerId: colleague, email: 'c@example.com', company: { id: 'org_3', name: 'Three' } })
    const { contactId } = (await onramp.reaches('onboarded', colleague)).hubspot
    await onramp.registered({ company: { id: 'org_1', name: 'One' } }, at(0))
    await onramp.reaches('onboarded')
    await onramp.updated({ company: { id: 'org_2' } }, at(1))
    await parkedAt(onramp, 'company')
    expect((await onramp.status()).attention?.message).toContain('neither name nor domain')
    await onramp.updated({ company: { id: 'org_3' } }, at(2))
    await expect
      .poll(async () => {
        const { associations } = await recordsOf(onramp.portal)
        return new Set(associations.map(({ companyId }) => companyId)).size
      })
      .toBe(1)
    expect((await onramp.reaches('onboarded')).parked).toEqual([])
    expect((await onramp.status()).hubspot.contactId).not.toBe(contactId)
  })

  it('back to the known firm leaves nothing parked', async ({ onramp }) => {
    await onramp.registered({ company: { id: 'org_1', name: 'One' } }, at(0))
    await onramp.reaches('onboarded')
    await onramp.updated({ company: { id: 'org_2' } }, at(1))
    await parkedAt(onramp, 'company')
    await onramp.updated({ company: { id: 'org_1' } }, at(2))
    await expect.poll(async () => (await onramp.status()).parked).toEqual([])
    expect((await onramp.status()).phase).toBe('onboarded')
  })

  it('takes along no refusal of the former firm', async ({ onramp }) => {
    await onramp.registered({ company: { id: 'org_1', name: 'One' } }, at(0))
    await onramp.reaches('onboarded')
    await onramp.portal.fault({ ...CALLS.updateCompany, times: 1, effect: refusalOf('phone', 'INVALID_PHONE') })
    await onramp.updated({ company: { phone: 'bad' } }, at(1))
    await parkedAt(onramp, 'company-update')
    await onramp.updated({ company: { id: 'org_2', name: 'Two' } }, at(2))
    await expect.poll(() => firmsOf(onramp)).toEqual(['Two'])
    expect((await onramp.status()).parked).toEqual([])
  })

  it('comes after what was still to be written to the former firm', async ({ onramp }) => {
    await onramp.registered({ company: { id: 'org_1', name: 'One' } }, at(0))
    await onramp.reaches('onboarded')
    // The write of the name is tried again while the rest arrives.
    await onramp.portal.fault({ ...CALLS.updateCompany, times: 1, effect: { kind: 'status', status: 503 } })
    await onramp.updated({ company: { name: 'One' } }, at(1))
    await expect.poll(() => onramp.portal.requests(CALLS.updateCompany)).not.toEqual([])
    await onramp.updated({ company: { phone: '2' } }, at(2))
    await onramp.updated({ company: { id: 'org_2', name: 'Two' } }, at(3))
    await expect.poll(() => firmsOf(onramp), { timeout: 10_000 }).toEqual(['Two'])
    const { companies } = await recordsOf(onramp.portal)
    expect(companies.map(({ name, phone }) => [name, phone])).toEqual([
      ['One', '2'],
      ['Two', undefined],
    ])
  })

  it('that turns out to be older than was known takes along what came since', async ({ onramp }) => {
    await onramp.registered({ company: { id: 'org_1', name: 'One' } }, at(0))
    await onramp.reaches('onboarded')
    await onramp.updated({ company: { phone: '7' } }, at(7))
    await expect.poll(async () => (await recordsOf(onramp.portal)).companies[0]?.phone).toBe('7')
    await onramp.updated({ company: { id: 'org_2', name: 'Two' } }, at(9))
    await expect.poll(() => firmsOf(onramp)).toEqual(['Two'])
    await onramp.updated({ company: { id: 'org_2' } }, at(5))
    await expect
      .poll(async () => (await recordsOf(onramp.portal)).companies.find(({ name }) => name === 'Two')?.phone)
      .toBe('7')
  })

  it('that stopped half way before another one leaves one firm', async ({ onramp }) => {
    await onramp.registered({ company: { id: 'org_1', name: 'One' } }, at(0))
    await onramp.reaches('onboarded')
    // The association is made and cannot become the primary one.
    const primary = { method: 'PUT', path: '/(contact|contacts)/\\d+/associations/(company|companies)/\\d+$' }
    await onramp.portal.fault({ ...primary, effect: { kind: 'status', status: 400 } })
    await onramp.updated({ company: { id: 'org_2', name: 'Two' } }, at(1))
    await parkedAt(onramp, 'association')
    await onramp.updated({ company: { id: 'org_3', name: 'Three' } }, at(2))
    await expect.poll(() => firmsOf(onramp)).toEqual(['Three'])
  })

  it('to the company into which people have merged the former one keeps the association', async ({ onramp }) => {
    const colleague = `${onramp.customerId}-colleague`
    await onramp.registered({ customerId: colleague, email: 'c@example.com', company: { id: 'org_2', name: 'Two' } })
    const two = (await onramp.reaches('onboarded', colleague)).hubspot.companyId
    await onramp.registered({ company: { id: 'org_1', name: 'One' } }, at(0))
    const { companyId: one, contactId } = (await onramp.reaches('onboarded')).hubspot
    await askHubSpot(onramp, 'POST', '/crm/v3/objects/companies/merge', { primaryObjectId: two, objectIdToMerge: one })
    await onramp.updated({ company: { id: 'org_2', name: 'Two' } }, at(1))
    await expect
      .poll(async () => (await onramp.status()).timeline.map(({ note }) => note))
      .toContain(`moved from company ${one}`)
    const { associations } = await recordsOf(onramp.portal)
    expect(associations.filter((each) => each.contactId === contactId)).toHaveLength(1)
  })
})

describe('a correction', () => {
  it('brings nothing that was corrected of the former firm', async ({ onramp }) => {
    await onramp.registered({ company: { id: 'org_1', name: 'One' } }, at(0))
    await onramp.reaches('onboarded')
    const correct = async (company: object) => {
      await parkedAt(onramp, 'company')
      await workflow(onramp).executeUpdate('correct', { args: [{ company }] })
    }
    await onramp.updated({ company: { id: 'org_2' } }, at(1))
    await correct({ name: 'Two', phone: 'of two' })
    await expect.poll(() => firmsOf(onramp)).toEqual(['Two'])
    await onramp.updated({ company: { id: 'org_4' } }, { timestamp: new Date(Date.now() + 60_000).toISOString() })
    await correct({ id: 'org_3', name: 'Three' })
    await expect.poll(() => firmsOf(onramp)).toEqual(['Three'])
    const { companies } = await recordsOf(onramp.portal)
    expect(companies.find(({ name }) => name === 'Three')?.phone).toBeUndefined()
  })

  it('that names another firm moves the customer, and renames nobody’s company', async ({ onramp }) => {
    await onramp.registered({ company: { id: 'org_1', name: 'One' } })
    await onramp.reaches('onboarded')
    await onramp.updated({ company: { id: 'org_2' } })
    await parkedAt(onramp, 'company')
    await workflow(onramp).executeUpdate('correct', { args: [{ company: { id: 'org_3', name: 'Three' } }] })
    await onramp.reaches('onboarded')
    expect(await keysOf(onramp)).toContain('id:org_3 Three')
  })
})

describe('a customer who comes back after a move', () => {
  const itThirtyDays = onrampWith({ time: 'skips' })
  const hasEnded = (onramp: Onramp) =>
    expect.poll(async () => (await workflow(onramp).describe()).status.name, { timeout: 10_000 }).toBe('COMPLETED')

  itThirtyDays('with their old registration writes nothing to the former firm', async ({ onramp }) => {
    const registration = { company: { id: 'org_1', name: 'One', phone: 'one' } }
    await onramp.registered(registration, { id: 'evt_first', ...at(0) })
    await onramp.reaches('onboarded')
    await onramp.updated({ phone: '2', company: { id: 'org_2', name: 'Two' } }, at(5))
    await hasEnded(onramp)
    await onramp.registered(registration, { id: 'evt_first', ...at(0) })
    await onramp.updated({ company: { phone: 'two' } }, at(20))
    await hasEnded(onramp)
    expect(await firmsOf(onramp)).toEqual(['Two'])
    expect((await recordsOf(onramp.portal)).companies.find(({ name }) => name === 'One')?.phone).toBe('one')
  })

  itThirtyDays('with a late event of the former firm stays with the new one', async ({ onramp }) => {
    await onramp.registered({ company: { id: 'org_1', name: 'One' } }, at(0))
    await onramp.reaches('onboarded')
    await onramp.updated({ company: { id: 'org_2', name: 'Two' } }, at(9))
    await hasEnded(onramp)
    await onramp.updated({ company: { id: 'org_1', name: 'One' } }, at(5))
    await hasEnded(onramp)
    expect(await firmsOf(onramp)).toEqual(['Two'])
  })
})
