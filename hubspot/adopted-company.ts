// Adopts a company of HubSpot users: finds it by its domain, claims it, and reads it back, since others may claim it too.

import type { HubSpot } from './client/client.ts'
import type { HubSpotRecord } from './client/responses.ts'
import { isConflict } from './client/errors.ts'
import { HubSpotError } from './client/hubspot-error.ts'
import { isSameOrganization, keyOn, organizationDomain } from './company-key.ts'
import type { CompanyIdentity, FoundCompany } from './find-company.ts'
import { CLAIMED_AT, COMPANY_DOMAIN, COMPANY_KEY } from './properties.ts'
import { waitForReplication } from './replication.ts'

/**
 * The one company with the domain; `null` when there is none to adopt. When several have the domain, onramp adopts none of them,
 * and the timeline says so.
 */
export async function adoptByDomain(
  hubspot: HubSpot,
  identity: CompanyIdentity,
): Promise<{ company: FoundCompany | null; note?: string }> {
  if (identity.domain === null) return { company: null }

  const [hit, ...others] = await hubspot.companies.searchByDomain(identity.domain)
  if (others.length > 0) {
    return { company: null, note: 'HubSpot has several companies with this domain, so that none was adopted' }
  }
  // The search lags: only the record itself says whether somebody has claimed it already.
  const company = hit ? await hubspot.companies.find(hit.id) : null
  return { company: company && (await adopt(hubspot, company, identity)) }
}

/** Adopts a company that was read just now. A company with the key of another organization stays unchanged; then `null`. */
export async function adopt(
  hubspot: HubSpot,
  company: HubSpotRecord,
  { key, domain }: CompanyIdentity,
): Promise<FoundCompany | null> {
  // HubSpot users may have changed its domain since the search.
  if (domain === null || organizationDomain(company.properties['domain']) !== domain) return null

  const owner = keyOn(company)
  // Another customer of the organization has claimed it in the meantime.
  if (company.properties[COMPANY_KEY] === key) return { outcome: 'existed', foundBy: 'key', company }
  if (owner !== '' && isSameOrganization(owner, key, domain)) return { outcome: 'existed', foundBy: 'domain', company }
  return owner === '' ? await claim(hubspot, company, { key, domain }) : null
}

/** Two onboardings may claim one company at once. The one that then reads another key has lost, and creates its own company. */
async function claim(
  hubspot: HubSpot,
  company: HubSpotRecord,
  { key, domain }: { key: string; domain: string },
): Promise<FoundCompany | null> {
  const mark = { [COMPANY_KEY]: key, [COMPANY_DOMAIN]: domain, [CLAIMED_AT]: String(Date.now()) }
  try {
    await hubspot.companies.update(company.id, mark)
  } catch (error) {
    // Another company got our key in this moment. The create that follows fails with a conflict, and finds that company.
    if (error instanceof HubSpotError && isConflict(error)) return null
    throw error
  }
  await waitForReplication()
  const after = await hubspot.companies.find(company.id)
  return after?.properties[COMPANY_KEY] === key ? { outcome: 'adopted', foundBy: 'domain', company: after } : null
}
