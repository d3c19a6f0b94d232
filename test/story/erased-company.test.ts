// The company of an erased customer: it is archived only when nobody else has anything to do with it.

import { describe, expect } from 'vitest'
import { aContactInHubSpot, callAsHubSpotUser } from '../support/given.ts'
import { it, recordsIn } from '../support/onramp.ts'
import type { Onramp } from '../support/onramp.ts'

describe('the company of an erased customer', () => {
  const ALONE = { company: { name: 'Ada Lovelace' } }
  const companiesOf = async ({ portal }: Onramp) => (await recordsIn(portal)).companies

  it('is archived when it stands for this customer alone, and the timeline says so', async ({ onramp }) => {
    await onramp.registered(ALONE)
    const { hubspot } = await onramp.reaches('onboarded')
    await onramp.erased()
    const { timeline } = await onramp.reaches('erased')
    expect(await companiesOf(onramp)).toEqual([])
    expect(timeline.at(-1)?.note).toBe(`company ${hubspot.companyId} was archived`)
  })

  it('stays when HubSpot users have associated another contact with it', async ({ onramp }) => {
    await onramp.registered(ALONE)
    const { hubspot } = await onramp.reaches('onboarded')
    const other = await aContactInHubSpot(onramp, { email: 'bob@example.com' })
    const path = `/crm/v4/objects/contact/${other}/associations/default/company/${hubspot.companyId}`
    expect((await callAsHubSpotUser(onramp, 'PUT', path)).ok).toBe(true)
    await onramp.erased()
    await onramp.reaches('erased')
    expect(await companiesOf(onramp)).toHaveLength(1)
  })

  it('stays when onramp has claimed it from HubSpot users', async ({ onramp }) => {
    const claimedAt = {
      name: 'onramp_claimed_at',
      label: 'claimed',
      groupName: 'onramp',
      type: 'number',
      fieldType: 'number',
    }
    await callAsHubSpotUser(onramp, 'POST', '/crm/v3/properties/companies', claimedAt)
    await onramp.registered(ALONE)
    const { hubspot } = await onramp.reaches('onboarded')
    const claimed = { properties: { onramp_claimed_at: '1795000000000' } }
    const path = `/crm/v3/objects/companies/${hubspot.companyId}`
    expect((await callAsHubSpotUser(onramp, 'PATCH', path, claimed)).ok).toBe(true)
    await onramp.erased()
    await onramp.reaches('erased')
    expect(await companiesOf(onramp)).toHaveLength(1)
  })
})
