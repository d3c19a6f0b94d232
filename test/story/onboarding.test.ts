// The main story: a customer registers, and HubSpot has a company, a contact and their association.

import { describe, expect } from 'vitest'
import { it, recordsIn } from '../support/onramp.ts'

describe('a customer who registers', () => {
  it('has one company, one contact and their association in HubSpot', async ({ onramp }) => {
    await onramp.registered({
      email: 'Ada@Example.com',
      lastName: 'Lovelace',
      phone: '+44 20 7946 0000',
      address: { street: '12 St James’s Square', city: 'London', postalCode: 'SW1Y 4JH', country: 'United Kingdom' },
    })
    const status = await onramp.reaches('onboarded')

    const { contacts, companies, associations } = await recordsIn(onramp.portal)
    expect(companies).toMatchObject([{ name: 'Analytical Engines', domain: 'analytical.example' }])
    expect(contacts).toMatchObject([
      {
        email: 'ada@example.com',
        firstname: 'Ada',
        lastname: 'Lovelace',
        phone: '+44 20 7946 0000',
        address: '12 St James’s Square',
        city: 'London',
        zip: 'SW1Y 4JH',
        country: 'United Kingdom',
        onramp_customer_id: onramp.customerId,
      },
    ])
    expect(associations).toEqual([{ contactId: contacts[0]?.id, companyId: companies[0]?.id }])
    expect(status).toMatchObject({
      attention: null,
      hubspot: {
        contactId: contacts[0]?.id,
        companyId: companies[0]?.id,
        contactOutcome: 'created',
        companyOutcome: 'created',
      },
    })
    expect(status.hubspot.contactUrl).toContain(`/record/0-1/${contacts[0]?.id}`)
  })

  it('G5 · is onboarded once when the event arrives twice', async ({ onramp }) => {
    await onramp.registered({}, { id: 'evt_1' })
    await onramp.registered({ firstName: 'Other' }, { id: 'evt_1' })
    await onramp.reaches('onboarded')
    await onramp.registered({ firstName: 'Other' }, { id: 'evt_1' })
    await onramp.updated({ lastName: 'Lovelace' })

    await expect
      .poll(() => recordsIn(onramp.portal).then(({ contacts }) => contacts))
      .toMatchObject([{ firstname: 'Ada', lastname: 'Lovelace' }])
    expect((await recordsIn(onramp.portal)).companies).toHaveLength(1)
  })

  it('G2 · shares one company with a colleague who registers at the same moment', async ({ onramp }) => {
    const company = { id: 'org_1', name: 'Analytical Engines' }
    const colleague = `${onramp.customerId}-colleague`
    await Promise.all([
      onramp.registered({ company }),
      onramp.registered({ customerId: colleague, email: 'charles@example.com', company }),
    ])
    await Promise.all([onramp.reaches('onboarded'), onramp.reaches('onboarded', colleague)])

    const { companies, associations } = await recordsIn(onramp.portal)
    expect(companies).toMatchObject([{ name: 'Analytical Engines', onramp_company_key: 'id:org_1' }])
    expect(new Set(associations.map(({ contactId }) => contactId)).size).toBe(2)
  })
})

describe('G4 · an update that overtakes its registration', () => {
  it('is kept until the customer registers, and wins over older values', async ({ onramp }) => {
    await onramp.updated({ firstName: 'Augusta', phone: '1' }, { timestamp: '2026-11-24T10:00:00.000Z' })
    await onramp.reaches('awaiting-registration')
    expect((await recordsIn(onramp.portal)).contacts).toEqual([])

    await onramp.registered({ firstName: 'Ada' }, { timestamp: '2026-11-24T09:00:00.000Z' })
    await onramp.reaches('onboarded')
    expect((await recordsIn(onramp.portal)).contacts).toMatchObject([{ firstname: 'Augusta', phone: '1' }])
  })
})

describe('a customer who is updated', () => {
  it('has the changes written to the same contact and company', async ({ onramp }) => {
    await onramp.registered()
    await onramp.reaches('onboarded')
    const before = await recordsIn(onramp.portal)

    await onramp.updated({
      email: 'ada.lovelace@example.com',
      website: 'https://ada.example',
      company: { name: 'Analytical Engines Ltd' },
    })
    await expect
      .poll(() => recordsIn(onramp.portal))
      .toMatchObject({
        contacts: [
          {
            id: before.contacts[0]?.id,
            email: 'ada.lovelace@example.com',
            website: 'https://ada.example',
            firstname: 'Ada',
          },
        ],
        companies: [{ id: before.companies[0]?.id, name: 'Analytical Engines Ltd', domain: 'analytical.example' }],
      })
  })

  it('has only the fields cleared that an update sends as null', async ({ onramp }) => {
    await onramp.registered({ phone: '1', lastName: 'Lovelace' })
    await onramp.reaches('onboarded')
    await onramp.updated({ phone: null })
    await expect.poll(() => recordsIn(onramp.portal).then(({ contacts }) => contacts[0]?.phone ?? '')).toBe('')
    expect((await recordsIn(onramp.portal)).contacts).toMatchObject([{ firstname: 'Ada', lastname: 'Lovelace' }])
  })
})
