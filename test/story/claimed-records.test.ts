// G3 · Records that HubSpot users made: onramp remembers on the record that it claimed it, and keeps their values by the policy.

import { describe, expect } from 'vitest'
import { aCompanyInHubSpot, aContactInHubSpot } from '../support/given.ts'
import { it, onrampWith, recordsIn } from '../support/onramp.ts'
import type { Onramp } from '../support/onramp.ts'
import { at, itWithTimeSkipping, waitUntilCompleted } from '../support/story.ts'

const domain = 'analytical.example'
const theirs = { name: 'The Engines', domain, website: 'https://users.example' }
const companyOf = async ({ portal }: Onramp) => (await recordsIn(portal)).companies[0]
const contactOf = async ({ portal }: Onramp) => (await recordsIn(portal)).contacts[0]
const statesOf = async (onramp: Onramp, customerId?: string) => (await onramp.status(customerId)).fields
const changes = {
  id: 'org_1',
  name: 'Stranger',
  domain: 'stranger.example',
  phone: '1',
  website: 'https://new.example',
}
const kept = {
  'company.name': { state: 'kept' },
  'company.domain': { state: 'kept' },
  'company.website': { state: 'kept' },
  'company.phone': { state: 'written' },
}

describe('ADOPTED_COMPANY_UPDATES=fill-if-empty', () => {
  it('writes only what is empty, and says what it kept', async ({ onramp }) => {
    await aCompanyInHubSpot(onramp, theirs)
    await onramp.registered({ company: { id: 'org_1', name: 'Analytical Engines', domain } }, at(0))
    await onramp.reaches('onboarded')
    await onramp.updated({ company: changes }, at(1))
    await expect.poll(() => statesOf(onramp)).toMatchObject(kept)
    expect(await companyOf(onramp)).toMatchObject({ ...theirs, phone: '1' })
    expect(Number((await companyOf(onramp))?.onramp_claimed_at)).toBeGreaterThan(0)
  })

  itWithTimeSkipping('holds after the idle time', async ({ onramp }) => {
    await aCompanyInHubSpot(onramp, theirs)
    await onramp.registered({ company: { id: 'org_1', name: 'Analytical Engines', domain } }, at(0))
    await waitUntilCompleted(onramp)
    await onramp.updated({ company: changes }, at(1))
    await waitUntilCompleted(onramp)
    expect(await companyOf(onramp)).toMatchObject({ ...theirs, phone: '1' })
  })

  it('holds for the organization’s second customer', async ({ onramp }) => {
    const colleague = `${onramp.customerId}-colleague`
    await aCompanyInHubSpot(onramp, theirs)
    await onramp.registered({ company: { id: 'org_1', name: 'Analytical Engines', domain } }, at(0))
    await onramp.reaches('onboarded')
    await onramp.registered(
      { customerId: colleague, email: 'c@example.com', company: { id: 'org_1', name: 'A' } },
      at(1),
    )
    await onramp.reaches('onboarded', colleague)
    await onramp.updated({ customerId: colleague, company: changes }, at(2))
    await expect.poll(() => statesOf(onramp, colleague)).toMatchObject(kept)
    expect(await companyOf(onramp)).toMatchObject(theirs)
  })

  it('does not concern a company that onramp created', async ({ onramp }) => {
    await onramp.registered({ company: { id: 'org_1', name: 'Analytical Engines', domain } }, at(0))
    await onramp.reaches('onboarded')
    await onramp.updated({ company: { name: 'Renamed', domain: 'renamed.example' } }, at(1))
    await expect.poll(() => companyOf(onramp)).toMatchObject({ name: 'Renamed', domain: 'renamed.example' })
    expect(await companyOf(onramp)).not.toHaveProperty('onramp_claimed_at')
  })
})

describe('ADOPTED_COMPANY_UPDATES=overwrite', () => {
  const itOverwriting = onrampWith({ policies: { adoptedCompanyUpdates: 'overwrite' } })

  itOverwriting('writes everything but the domain', async ({ onramp }) => {
    await aCompanyInHubSpot(onramp, theirs)
    await onramp.registered({ company: { id: 'org_1', name: 'Analytical Engines', domain } }, at(0))
    await onramp.reaches('onboarded')
    await onramp.updated({ company: changes }, at(1))
    await expect.poll(() => companyOf(onramp)).toMatchObject({ name: 'Stranger', phone: '1', domain })
    await expect.poll(() => statesOf(onramp)).toMatchObject({ 'company.domain': { state: 'kept' } })
  })
})

describe('EXISTING_CONTACT_UPDATES', () => {
  const itFillingIn = onrampWith({ policies: { existingContactUpdates: 'fill-if-empty' } })
  const ceo = { email: 'ada@example.com', firstname: 'Augusta' }
  const update = { email: 'stranger@example.com', firstName: 'Stranger', phone: '1' }

  it('overwrites by default, and the contact says that it was claimed', async ({ onramp }) => {
    await aContactInHubSpot(onramp, ceo)
    await onramp.registered({}, at(0))
    await onramp.reaches('onboarded')
    expect(Number((await contactOf(onramp))?.onramp_claimed_at)).toBeGreaterThan(0)
    await onramp.updated(update, at(1))
    await expect.poll(() => contactOf(onramp)).toMatchObject({ email: 'stranger@example.com', firstname: 'Stranger' })
  })

  itFillingIn('fill-if-empty keeps their values, the address included', async ({ onramp }) => {
    await aContactInHubSpot(onramp, ceo)
    await onramp.registered({}, at(0))
    await onramp.reaches('onboarded')
    await onramp.updated(update, at(1))
    await expect
      .poll(() => statesOf(onramp))
      .toMatchObject({ email: { state: 'kept' }, firstName: { state: 'kept' }, phone: { state: 'written' } })
    expect(await contactOf(onramp)).toMatchObject({ ...ceo, phone: '1' })
  })

  itFillingIn('fill-if-empty does not concern a contact that onramp created', async ({ onramp }) => {
    await onramp.registered({}, at(0))
    await onramp.reaches('onboarded')
    await onramp.updated(update, at(1))
    await expect.poll(() => contactOf(onramp)).toMatchObject({ email: 'stranger@example.com', firstname: 'Stranger' })
    expect(await contactOf(onramp)).not.toHaveProperty('onramp_claimed_at')
  })
})

describe('G6 · a value that HubSpot got before', () => {
  const correctByHand = async (onramp: Onramp, contactId: string | null, properties: object) =>
    expect(
      (await onramp.callAsHubSpotUser('PATCH', `/crm/v3/objects/contacts/${contactId}`, { properties })).status,
    ).toBe(200)

  it('is not sent again, so that a correction by HubSpot users stays', async ({ onramp }) => {
    await onramp.registered({ phone: '1' }, at(0))
    const { contactId } = (await onramp.reaches('onboarded')).hubspot
    await correctByHand(onramp, contactId, { phone: 'corrected' })
    await onramp.updated({ phone: '1', lastName: 'Lovelace' }, at(1))
    await expect.poll(() => contactOf(onramp)).toMatchObject({ lastname: 'Lovelace' })
    expect(await contactOf(onramp)).toMatchObject({ phone: 'corrected' })
  })

  it('is not sent again to the company either', async ({ onramp }) => {
    await onramp.registered({ company: { id: 'org_1', name: 'One', phone: '1' } }, at(0))
    const { companyId } = (await onramp.reaches('onboarded')).hubspot
    await onramp.callAsHubSpotUser('PATCH', `/crm/v3/objects/companies/${companyId}`, {
      properties: { phone: 'corrected' },
    })
    await onramp.updated({ company: { phone: '1', website: 'https://one.example' } }, at(1))
    await expect.poll(() => companyOf(onramp)).toMatchObject({ website: 'https://one.example', phone: 'corrected' })
    await expect
      .poll(async () => (await onramp.status()).fields)
      .toMatchObject({ 'company.phone': { state: 'kept' }, 'company.website': { state: 'written' } })
  })

  it('is sent again to a company to which another customer wrote since', async ({ onramp }) => {
    const colleague = `${onramp.customerId}-colleague`
    const company = { id: 'org_1', name: 'One' }
    await onramp.registered({ company: { ...company, phone: '1' } }, at(0))
    await onramp.reaches('onboarded')
    await onramp.registered({ customerId: colleague, email: 'c@example.com', company }, at(0))
    await onramp.reaches('onboarded', colleague)
    await onramp.updated({ customerId: colleague, company: { phone: '2' } }, at(1))
    await expect.poll(() => companyOf(onramp)).toMatchObject({ phone: '2' })
    await onramp.updated({ company: { phone: '1' } }, at(2))
    await expect.poll(() => companyOf(onramp)).toMatchObject({ phone: '1' })
  })

  it('is sent again when an operator corrects the customer with it', async ({ onramp }) => {
    await onramp.registered({ phone: '1' }, at(0))
    const { contactId } = (await onramp.reaches('onboarded')).hubspot
    await correctByHand(onramp, contactId, { phone: 'by mistake' })
    await aContactInHubSpot(onramp, { email: 'taken@example.com' })
    await onramp.updated({ email: 'taken@example.com' }, at(1))
    await expect.poll(async () => (await onramp.status()).attention?.reason).toBe('email-taken')
    const { workflow } = onramp.client
    await workflow
      .getHandle(`onboarding/${onramp.customerId}`)
      .executeUpdate('correct', { args: [{ by: null, customer: { email: 'ada@example.com', phone: '1' } }] })
    await expect.poll(() => contactOf(onramp)).toMatchObject({ phone: '1' })
  })

  itWithTimeSkipping('is not sent after the idle time when HubSpot has it', async ({ onramp }) => {
    await onramp.registered({ phone: '1' }, at(0))
    await waitUntilCompleted(onramp)
    const writes = async () => (await onramp.portal.requests({ method: 'PATCH' })).length
    const before = await writes()
    await onramp.updated({ phone: '1' }, at(1))
    await waitUntilCompleted(onramp)
    const calls = await onramp.portal.requests({ method: 'PATCH' })
    expect(calls.slice(before).map(({ body }) => JSON.stringify(body))).toEqual([
      expect.not.stringContaining('"phone"') as string,
    ])
  })
})
