// What HubSpot does itself around an association: it associates other companies, or makes no company the primary one.

import { describe, expect } from 'vitest'
import { aCompanyInHubSpot, callAsHubSpotUser } from '../support/given.ts'
import { onrampWith, recordsIn } from '../support/onramp.ts'
import type { Onramp } from '../support/onramp.ts'

const itWithEarlyReviews = onrampWith({ reviewAgeMs: 1500 })
/** The notes of the reviews in the timeline. */
const notesOf = async (onramp: Onramp) =>
  (await onramp.status()).timeline.flatMap(({ what, outcome, note }) =>
    what === 'association' && outcome === 'reviewed' ? [note] : [],
  )
const primaryOf = async ({ portal }: Onramp) =>
  (await portal.records()).associations.find(({ typeIds }) => typeIds.includes(1))?.companyId

describe('a company that HubSpot itself created for a contact', () => {
  const itWithPrimaryAlways = onrampWith({ policies: { primary: 'always' } })
  itWithEarlyReviews(
    'is named in the timeline, and the contact is associated with its own company as well',
    async ({ onramp }) => {
      const auto = await aCompanyInHubSpot(onramp, { domain: 'example.com' })
      await onramp.portal.settings({ autoCreateCompanies: true })
      await onramp.registered()
      const { hubspot } = await onramp.reaches('onboarded')
      await expect.poll(() => notesOf(onramp)).toEqual([expect.stringContaining(auto)])
      const { associations } = await recordsIn(onramp.portal)
      expect(associations.map(({ companyId }) => companyId)).toContain(hubspot.companyId)
      // HubSpot's company was first, and the policy asks for no other primary company.
      expect(await primaryOf(onramp)).toBe(auto)
    },
  )

  itWithPrimaryAlways('is not the primary company, with ASSOCIATION_PRIMARY=always', async ({ onramp }) => {
    await aCompanyInHubSpot(onramp, { domain: 'example.com' })
    await onramp.portal.settings({ autoCreateCompanies: true })
    await onramp.registered()
    const { hubspot } = await onramp.reaches('onboarded')
    expect(await primaryOf(onramp)).toBe(hubspot.companyId)
  })
})

describe('a contact for which HubSpot has made no company the primary one', () => {
  // The review must come after the HubSpot user's change, also on a busy machine.
  const itWithReviews = onrampWith({ reviewAgeMs: 5000 })

  itWithReviews('gets its company as the primary one', async ({ onramp }) => {
    await onramp.registered()
    const { hubspot } = await onramp.reaches('onboarded')
    const path = `/crm/v4/objects/contacts/${hubspot.contactId}/associations/companies/${hubspot.companyId}`
    const plain = [{ associationCategory: 'HUBSPOT_DEFINED', associationTypeId: 279 }]
    expect((await callAsHubSpotUser(onramp, 'PUT', path, plain)).status).toBe(201)
    expect(await primaryOf(onramp)).toBeUndefined()
    await expect.poll(() => primaryOf(onramp)).toBe(hubspot.companyId)
    await expect.poll(() => notesOf(onramp)).toEqual([expect.stringContaining('no company the primary one')])
    await onramp.reaches('onboarded')
  })
})
