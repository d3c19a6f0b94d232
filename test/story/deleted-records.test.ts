// Records that HubSpot users delete: each is re-created once, with everything that is known.

import { describe, expect } from 'vitest'
import { callAsHubSpotUser, resume } from '../support/given.ts'
import { it, recordsIn } from '../support/onramp.ts'
import { associatedCompanyNames, firstContact } from '../support/story.ts'

describe('a contact that HubSpot users delete', () => {
  it('is re-created once, with everything that is known, and is associated again', async ({ onramp }) => {
    await onramp.registered({ lastName: 'Lovelace' })
    const { hubspot: before } = await onramp.reaches('onboarded')
    await callAsHubSpotUser(onramp, 'DELETE', `/crm/v3/objects/contacts/${before.contactId}`)
    await onramp.updated({ phone: '2' })

    await expect.poll(() => firstContact(onramp)).toMatchObject({ firstname: 'Ada', lastname: 'Lovelace', phone: '2' })
    const after = await onramp.reaches('onboarded')
    expect(after.hubspot.contactId).not.toBe(before.contactId)
    expect((await recordsIn(onramp.portal)).associations).toEqual([
      { contactId: after.hubspot.contactId, companyId: before.companyId },
    ])
    expect(after.timeline.map(({ outcome }) => outcome)).toContain('deleted by HubSpot users, to be re-created')

    await callAsHubSpotUser(onramp, 'DELETE', `/crm/v3/objects/contacts/${after.hubspot.contactId}`)
    await onramp.updated({ phone: '3' })
    await expect.poll(async () => (await onramp.status()).attention?.reason).toBe('missing-in-hubspot')
    expect((await recordsIn(onramp.portal)).contacts).toEqual([])

    // Newer values wait as well, so that onramp does not re-create the contact against the HubSpot users.
    await onramp.updated({ lastName: 'King' })
    await expect.poll(async () => (await onramp.status()).fields.lastName?.state).toBe('pending')
    expect((await recordsIn(onramp.portal)).contacts).toEqual([])

    expect((await resume(onramp)).status).toBe(202)
    await expect.poll(() => firstContact(onramp)).toMatchObject({ phone: '3', lastname: 'King' })
    await expect.poll(async () => (await onramp.status()).parked).toEqual([])
  })

  it('is re-created even if the next event moves the customer to another company', async ({ onramp }) => {
    await onramp.registered({ company: { id: 'org_1', name: 'Analytical Engines' } })
    const { hubspot: before } = await onramp.reaches('onboarded')
    await callAsHubSpotUser(onramp, 'DELETE', `/crm/v3/objects/contacts/${before.contactId}`)
    await onramp.updated({ company: { id: 'org_2', name: 'Difference Engines' } })
    await expect.poll(() => firstContact(onramp)).toMatchObject({ email: 'ada@example.com' })
    await expect.poll(() => associatedCompanyNames(onramp)).toEqual(['Difference Engines'])
  })
})

describe('a company that HubSpot users delete', () => {
  it('is re-created and associated again', async ({ onramp }) => {
    await onramp.registered()
    const { hubspot: before } = await onramp.reaches('onboarded')
    await callAsHubSpotUser(onramp, 'DELETE', `/crm/v3/objects/companies/${before.companyId}`)
    await onramp.updated({ company: { phone: '2' } })
    await expect
      .poll(async () => (await recordsIn(onramp.portal)).companies)
      .toMatchObject([{ name: 'Analytical Engines', phone: '2' }])
    await expect.poll(async () => (await recordsIn(onramp.portal)).associations.length).toBe(1)
  })

  it('is associated with all customers of the organization who change it afterwards', async ({ onramp }) => {
    const company = { id: 'org_1', name: 'Analytical Engines' }
    const colleague = `${onramp.customerId}_2`
    await onramp.registered({ company })
    await onramp.registered({ customerId: colleague, email: 'grace@example.com', company })
    const { hubspot: before } = await onramp.reaches('onboarded')
    const { hubspot: other } = await onramp.reaches('onboarded', colleague)
    await callAsHubSpotUser(onramp, 'DELETE', `/crm/v3/objects/companies/${before.companyId}`)

    await onramp.updated({ company: { phone: '1' } })
    await expect.poll(async () => (await recordsIn(onramp.portal)).companies).toMatchObject([{ phone: '1' }])
    await onramp.updated({ customerId: colleague, company: { phone: '2' } })
    await expect.poll(async () => (await recordsIn(onramp.portal)).companies).toMatchObject([{ phone: '2' }])
    await expect
      .poll(async () => new Set((await recordsIn(onramp.portal)).associations.map(({ contactId }) => contactId)))
      .toEqual(new Set([before.contactId, other.contactId]))
  })
})
