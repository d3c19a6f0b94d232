// A customer who goes from one firm to another, in whichever way and at whichever time.

import { describe, expect } from 'vitest'
import { onboardingId } from '../domain/ids.ts'
import { it, onrampWith, recordsOf } from './support/onramp.ts'
import type { Onramp } from './support/onramp.ts'

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

describe('a correction', () => {
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
