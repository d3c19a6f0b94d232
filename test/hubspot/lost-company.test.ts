// G2, G4 · A company whose creation got no response is the customer's own: a late value is not taken for another customer's.

import { describe, expect, it } from 'vitest'
import type { CompanyDraft } from '../../domain/crm.ts'
import type { HubSpot } from '../../hubspot/client/client.ts'
import { createCompany } from '../../hubspot/companies.ts'

const draft: CompanyDraft = {
  customerId: 'cus_1',
  organizationId: 'org_1',
  values: { 'company.name': 'Analytical Engines' },
  lastEventAt: 3000,
}
const withCompany = (properties: Record<string, string>) => {
  const company = {
    id: '801',
    url: null,
    correlationId: null,
    properties: { onramp_company_key: 'id:org_1', ...properties },
  }
  return { companies: { find: async () => company, update: async () => company } } as unknown as HubSpot
}

describe('G4 · a company that is there when its creation is repeated', () => {
  it('counts as created when it has what was sent, with the same watermark', async () => {
    const hubspot = withCompany({ name: 'Analytical Engines', onramp_last_event_at: '3000' })
    expect(await createCompany(hubspot, draft, 'off')).toMatchObject({ outcome: 'created', companyId: '801', kept: [] })
  })

  it('counts as existing when another customer has written to it', async () => {
    const hubspot = withCompany({ name: 'Analytical Engines', onramp_last_event_at: '4000' })
    expect(await createCompany(hubspot, draft, 'off')).toMatchObject({ outcome: 'existed', companyId: '801' })
  })
})
