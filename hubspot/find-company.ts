// Finds an organization's company by its own unique properties, and checks that the company is the one that was asked for.

import type { CompanyDraft, CompanyOutcome } from '../domain/crm.ts'
import type { HubSpot } from './client/client.ts'
import type { HubSpotRecord } from './client/responses.ts'
import { companyKey, exactKey, isSameOrganization, keyOn, organizationDomain } from './company-key.ts'
import { COMPANY_DOMAIN, COMPANY_KEY } from './properties.ts'

/** A company that is there, and how it was found. */
export type FoundCompany = Pick<CompanyOutcome, 'outcome' | 'foundBy'> & { company: HubSpotRecord }

/** The key and the domain for a new company of the organization. `domain` is `null` when another organization's company has it. */
export interface CompanyIdentity {
  key: string
  domain: string | null
  /** Something about the identity for the timeline. */
  note?: string
}

/** The company of an identity; `found` is `null` when there is none. */
export interface IdentifiedCompany {
  found: FoundCompany | null
  identity: CompanyIdentity
}

/** The company with the organization's key or domain. The two reads run side by side. */
export async function findCompany(hubspot: HubSpot, draft: CompanyDraft): Promise<IdentifiedCompany> {
  const domain = organizationDomain(draft.values['company.domain'])
  const [{ company, ...identity }, other] = await Promise.all([
    findByKey(hubspot, companyKey(draft)),
    domain === null ? null : findByDomain(hubspot, domain),
  ])
  if (company)
    return { found: { outcome: 'existed', foundBy: 'key', company }, identity: { ...identity, domain: null } }
  if (other === null || domain === null) return { found: null, identity: { ...identity, domain } }

  const found = asFound(other, { key: companyKey(draft), domain })
  if (found) return { found, identity: { ...identity, domain } }
  const note = `company ${other.id} of another organization has this domain`
  return { found: null, identity: { ...identity, domain: null, note } }
}

/** The company as the organization's own, by its key or its domain; `null` when neither says so. */
export function asFound(company: HubSpotRecord, { key, domain }: CompanyIdentity): FoundCompany | null {
  if (company.properties[COMPANY_KEY] === key) return { outcome: 'existed', foundBy: 'key', company }
  if (domain === null || company.properties[COMPANY_DOMAIN] !== domain) return null
  // HubSpot users may have emptied the key.
  const isSame = keyOn(company) === '' || isSameOrganization(keyOn(company), key, domain)
  return isSame ? { outcome: 'existed', foundBy: 'domain', company } : null
}

/** `key` is the exact form when the company of another organization has the key in other letter case. */
async function findByKey(
  hubspot: HubSpot,
  key: string,
): Promise<{ key: string; company: HubSpotRecord | null; note?: string }> {
  const company = await hubspot.companies.find(key, COMPANY_KEY)
  if (!company || company.properties[COMPANY_KEY] === key) return { key, company }
  const exact = exactKey(key)
  const own = await hubspot.companies.find(exact, COMPANY_KEY)
  return {
    key: exact,
    company: own?.properties[COMPANY_KEY] === exact ? own : null,
    note: `company ${company.id} of another organization has a key that differs only in letter case`,
  }
}

async function findByDomain(hubspot: HubSpot, domain: string): Promise<HubSpotRecord | null> {
  const company = await hubspot.companies.find(domain, COMPANY_DOMAIN)
  return company?.properties[COMPANY_DOMAIN] === domain ? company : null
}
