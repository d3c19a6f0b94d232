// Adopts a company of HubSpot users: finds it by its domain, claims it, and reads it back, since others may claim it too.

import type { CompanyDraft, CompanyOutcome } from '../domain/crm.ts'
import type { HubSpot } from './client/client.ts'
import type { HubSpotRecord } from './client/responses.ts'
import { isConflict } from './client/errors.ts'
import { HubSpotError } from './client/hubspot-error.ts'
import { organizationDomain } from './company-key.ts'
import { COMPANY_KEY } from './properties.ts'
import { waitForReplication } from './replication.ts'

/** A company that is there, and how it was found. */
export type FoundCompany = Pick<CompanyOutcome, 'outcome' | 'foundBy'> & { company: HubSpotRecord }

/** Why no company was adopted, for the timeline. */
interface NotAdopted {
  company?: undefined
  note?: string
}

/**
 * The one company with the draft's domain; `{}` when there is none to adopt. When several have the domain, onramp adopts none of
 * them, and the timeline says so. A company with the key of another organization stays unchanged.
 */
export async function adoptByDomain(
  hubspot: HubSpot,
  key: string,
  draft: CompanyDraft,
): Promise<(FoundCompany & { note?: undefined }) | NotAdopted> {
  const domain = organizationDomain(draft.values['company.domain'])
  if (domain === null) return {}

  const [hit, ...others] = await hubspot.companies.searchByDomain(domain)
  if (others.length > 0) return { note: 'HubSpot has several companies with this domain, so that none was adopted' }
  // The search lags: only the record itself says whether somebody has claimed it already.
  const company = hit ? await hubspot.companies.find(hit.id) : null
  if (!company) return {}

  const owner = company.properties[COMPANY_KEY] ?? ''
  if (isSameOrganization(owner, key, domain)) return { outcome: 'existed', foundBy: 'domain', company }
  // Another customer of the organization has claimed it in the meantime.
  if (owner === key) return { outcome: 'existed', foundBy: 'key', company }
  if (owner !== '') return {}
  return await claim(hubspot, company, key)
}

/** Whether the other form of the key, `id:` or `domain:`, names the same organization. */
function isSameOrganization(owner: string, key: string, domain: string): boolean {
  if (key.startsWith('id:')) return owner === `domain:${domain}`
  return key.startsWith('domain:') && owner.startsWith('id:')
}

/** Two onboardings may claim one company at once. The one that then reads another key has lost, and creates its own company. */
async function claim(
  hubspot: HubSpot,
  company: HubSpotRecord,
  key: string,
): Promise<(FoundCompany & { note?: undefined }) | NotAdopted> {
  try {
    await hubspot.companies.update(company.id, { [COMPANY_KEY]: key })
  } catch (error) {
    // Another company got our key in this moment. The upsert that follows finds that company.
    if (error instanceof HubSpotError && isConflict(error)) return {}
    throw error
  }
  await waitForReplication()
  const after = await hubspot.companies.find(company.id)
  return after?.properties[COMPANY_KEY] === key ? { outcome: 'adopted', foundBy: 'domain', company: after } : {}
}
