// Looks for the company of a customer who has just registered, beside the look-up of the contact, and uses the result in `createCompany`.

import type { CompanyDraft, LookUpOutcome } from '../domain/crm.ts'
import { adopt } from './adopted-company.ts'
import type { HubSpot } from './client/client.ts'
import { HubSpotError } from './client/hubspot-error.ts'
import { companyKey, organizationDomain } from './company-key.ts'
import { existingCompany, missingOn } from './existing-company.ts'
import { asFound, findCompany } from './find-company.ts'
import type { IdentifiedCompany } from './find-company.ts'
import { isRecent } from './recent-reads.ts'

/** Whether onramp adopts a company that HubSpot users created and that has the same domain. */
export type AdoptionPolicy = 'by-domain' | 'off'

type CompanyLookUp = Pick<Extract<LookUpOutcome, { outcome: 'new' }>, 'company' | 'hint'>

/** `createCompany` looks for the company itself, as if there had been no look-up. */
export const NO_LOOK_UP: CompanyLookUp = { company: null, hint: null }

/**
 * Looks for the company by its key, by its domain and for adoption, side by side. When these reads do not decide, it leaves the
 * company to `createCompany`. It does the same when HubSpot rejects one of the reads, so that the failure belongs to the right step.
 */
export async function lookUpCompany(
  hubspot: HubSpot,
  draft: CompanyDraft,
  adoption: AdoptionPolicy,
): Promise<CompanyLookUp> {
  const at = Date.now()
  try {
    const domain = organizationDomain(draft.values['company.domain'])
    const searching = adoption === 'off' || domain === null ? null : hubspot.companies.searchByDomain(domain)
    // A company that has our key needs no search, so its failure counts only where its result is used.
    searching?.catch(() => {})
    const { found, identity } = await findCompany(hubspot, draft)
    // A note is for the timeline of the company's own step.
    if (identity.note) return NO_LOOK_UP
    if (found) {
      const isComplete = Object.keys(missingOn(found.company, draft, identity)).length === 0
      return isComplete
        ? { company: existingCompany(found, draft, identity, { rejected: [] }), hint: null }
        : { company: null, hint: { companyId: found.company.id, at } }
    }
    const [hit, ...others] = (await searching) ?? []
    return others.length > 0 ? NO_LOOK_UP : { company: null, hint: { companyId: hit?.id ?? null, at } }
  } catch (error) {
    if (error instanceof HubSpotError) return NO_LOOK_UP
    throw error
  }
}

/**
 * What the draft's hint leads to; `null` without a hint, or with one that is too old to rely on. The company of a hint is read
 * again, since others may have claimed it, merged it or filled it in meanwhile. "There was no company" needs no further read:
 * HubSpot rejects a second company with the same key or domain.
 */
export async function lookedUpCompany(
  hubspot: HubSpot,
  draft: CompanyDraft,
  adoption: AdoptionPolicy,
): Promise<IdentifiedCompany | null> {
  const { lookedUp } = draft
  if (!lookedUp || !isRecent(lookedUp.at)) return null
  const domain = organizationDomain(draft.values['company.domain'])
  const identity = { key: companyKey(draft), domain }
  const company = lookedUp.companyId === null ? null : await hubspot.companies.find(lookedUp.companyId)
  if (!company) return { found: null, identity }
  const found = asFound(company, identity)
  if (found || adoption === 'off') return { found, identity }
  return { found: await adopt(hubspot, company, identity), identity }
}
