// One company per organization in HubSpot, even when a call is repeated (G2): finds it, adopts one of HubSpot users, or
// creates it.

import { explanations } from '../domain/attention.ts'
import type { CompanyDraft, CompanyOutcome } from '../domain/crm.ts'
import { CrmRejection } from '../domain/failures.ts'
import { hasNameOrDomain } from '../domain/fields.ts'
import { adoptByDomain } from './adopted-company.ts'
import type { HubSpot } from './client/client.ts'
import { isConflict } from './client/errors.ts'
import { HubSpotError } from './client/hubspot-error.ts'
import { lookedUpCompany } from './company-look-up.ts'
import type { AdoptionPolicy } from './company-look-up.ts'
import { customerCompanyKey } from './company-key.ts'
import { fillIn } from './existing-company.ts'
import { findCompany } from './find-company.ts'
import type { CompanyIdentity, IdentifiedCompany } from './find-company.ts'
import { COMPANY_DOMAIN, COMPANY_KEY, companyField, companyProperties, LAST_EVENT_AT } from './properties.ts'
import { withoutRejected } from './rejected-values.ts'

// Two customers may create the company at once. The one that HubSpot rejects finds the other's company in the next round.
const ROUNDS = 3

/**
 * Finds the company by its key or domain, or adopts it, or creates it. HubSpot users' values stay as they are. The first round
 * relies on what a look-up has found a moment ago.
 */
export async function createCompany(
  hubspot: HubSpot,
  draft: CompanyDraft,
  adoption: AdoptionPolicy,
): Promise<CompanyOutcome> {
  for (let round = 1; ; round += 1) {
    const lookedUp = round === 1 ? await lookedUpCompany(hubspot, draft, adoption) : null
    const { found, identity } = lookedUp ?? (await findOrAdopt(hubspot, draft, adoption))
    const filledIn = found && (await fillIn(hubspot, found, draft, identity))
    if (filledIn) return filledIn

    try {
      return await create(hubspot, draft, identity)
    } catch (error) {
      // Another customer of the organization has created the company in this moment, or an earlier call of ours has.
      if (round === ROUNDS || !(error instanceof HubSpotError) || !isConflict(error)) throw error
    }
  }
}

async function findOrAdopt(
  hubspot: HubSpot,
  draft: CompanyDraft,
  adoption: AdoptionPolicy,
): Promise<IdentifiedCompany> {
  const { found, identity } = await findCompany(hubspot, draft)
  if (found || adoption === 'off') return { found, identity }
  const { company, note } = await adoptByDomain(hubspot, identity)
  return { found: company ?? null, identity: { ...identity, ...(note && { note }) } }
}

/** onramp creates companies only with unique values. HubSpot creates no second company with the same ones (G2). */
async function create(
  hubspot: HubSpot,
  draft: CompanyDraft,
  { key, domain, note }: CompanyIdentity,
): Promise<CompanyOutcome> {
  if (!hasNameOrDomain(draft.values)) {
    throw new CrmRejection({ ...explanations.companyWithoutName(), fields: [], correlationId: null })
  }
  const properties = {
    ...companyProperties(draft.values),
    [COMPANY_KEY]: key,
    ...(domain !== null && { [COMPANY_DOMAIN]: domain }),
    [LAST_EVENT_AT]: String(draft.lastEventAt),
  }
  const { result, rejected } = await withoutRejected(properties, companyField, (rest) => hubspot.companies.create(rest))
  return {
    outcome: 'created',
    foundBy: 'key',
    companyId: result.id,
    companyKey: key,
    organizationId: draft.organizationId,
    standsFor: key === customerCompanyKey(draft.customerId) ? 'customer' : 'organization',
    url: result.url,
    correlationId: result.correlationId,
    kept: [],
    rejected,
    ...(note && { note }),
  }
}
