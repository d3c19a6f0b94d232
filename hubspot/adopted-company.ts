// A company that people made before us: found by its domain, marked as ours, and read back, since others may be after it too.

import type { CompanyDraft, CompanyOutcome } from '../domain/crm.ts'
import { firmDomain } from './company-key.ts'
import type { HubSpot, HubSpotRecord } from './client/client.ts'
import { isConflict } from './client/errors.ts'
import { HubSpotError } from './client/hubspot-error.ts'
import { COMPANY_KEY } from './properties.ts'
import { settled } from './replication.ts'

/** A company that is there, and what it was known by. */
export type KnownCompany = Pick<CompanyOutcome, 'outcome' | 'by'> & { company: HubSpotRecord }

/**
 * The one company of the draft's domain. With several none is guessed, and the timeline says so; one that carries the
 * key of another firm is left alone. `{}` when there is none to take.
 */
export async function companyOfDomain(
  hubspot: HubSpot,
  key: string,
  draft: CompanyDraft,
): Promise<KnownCompany | { remark?: string }> {
  const domain = firmDomain(draft.values['company.domain'])
  if (domain === null) return {}

  const [hit, ...others] = await hubspot.companies.searchByDomain(domain)
  if (others.length > 0) return { remark: 'HubSpot has several companies of this domain, so that none was adopted' }
  // Search lags behind: whether somebody has adopted it already, only the record itself can tell.
  const company = hit ? await hubspot.companies.find(hit.id) : null
  if (!company) return {}

  const owner = company.properties[COMPANY_KEY] ?? ''
  if (isSameFirm(owner, key, domain)) return { outcome: 'existed', by: 'domain', company }
  if (owner !== '' && owner !== key) return {}
  return await markAsOurs(hubspot, company, key)
}

/** Whether a key of the other kind names the same firm: the domain's for an event with an id, or an id's for one without. */
function isSameFirm(owner: string, key: string, domain: string): boolean {
  if (key.startsWith('id:')) return owner === `domain:${domain}`
  return key.startsWith('domain:') && owner.startsWith('id:')
}

/** Two keys may race for one company; who reads another's key back has lost it and makes its own. */
async function markAsOurs(
  hubspot: HubSpot,
  company: HubSpotRecord,
  key: string,
): Promise<KnownCompany | { remark?: string }> {
  try {
    await hubspot.companies.update(company.id, { [COMPANY_KEY]: key })
  } catch (error) {
    // Another company got our key in this moment; the upsert that follows finds it.
    if (error instanceof HubSpotError && isConflict(error)) return {}
    throw error
  }
  await settled()
  const after = await hubspot.companies.find(company.id)
  return after?.properties[COMPANY_KEY] === key ? { outcome: 'adopted', by: 'domain', company: after } : {}
}
