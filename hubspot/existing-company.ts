// Fills in what is missing on a company that exists, and decides which outcome it counts as. HubSpot users' values stay as they are.

import type { CompanyDraft, CompanyOutcome, RejectedField } from '../domain/crm.ts'
import type { HubSpot } from './client/client.ts'
import type { HubSpotRecord } from './client/responses.ts'
import { withFreeDomain } from './company-domain.ts'
import { customerCompanyKey, KEY_LIMIT, keyOn, organizationDomain, organizationIdIn } from './company-key.ts'
import type { CompanyIdentity, FoundCompany } from './find-company.ts'
import {
  COMPANY_DOMAIN,
  COMPANY_KEY,
  companyField,
  companyProperties,
  emptyOf,
  isClaimed,
  keptOf,
  LAST_EVENT_AT,
  timeOn,
} from './properties.ts'
import type { Properties } from './properties.ts'
import { withoutRejected } from './rejected-values.ts'

/** Fills in what is empty on the company, which was read just now. */
export async function fillIn(
  hubspot: HubSpot,
  found: FoundCompany,
  draft: CompanyDraft,
  identity: CompanyIdentity,
): Promise<CompanyOutcome> {
  const { company } = found
  const written = await withFreeDomain(missingOn(company, draft, identity), (empty) =>
    withoutRejected(empty, companyField, async (rest) => {
      // Nothing is left to write when HubSpot has rejected the only property; HubSpot also rejects a change without properties.
      if (Object.keys(rest).length > 0) await hubspot.companies.update(company.id, rest)
    }),
  )
  return existingCompany(found, draft, identity, written)
}

/** The values of the draft, and onramp's own properties, that the company lacks. */
export function missingOn(company: HubSpotRecord, draft: CompanyDraft, { key }: CompanyIdentity): Properties {
  const own = { [COMPANY_KEY]: key, ...ownDomain(company, draft), [LAST_EVENT_AT]: String(draft.lastEventAt) }
  return emptyOf(company, { ...companyProperties(draft.values), ...own })
}

/** The outcome for a company on which nothing is missing any more. */
export function existingCompany(
  { outcome, foundBy, company }: FoundCompany,
  draft: CompanyDraft,
  identity: CompanyIdentity,
  { rejected, note = identity.note }: { rejected: RejectedField[]; note?: string },
): CompanyOutcome {
  const kept = keptOf(company, companyProperties(draft.values))
  const key = keyOn(company) || identity.key
  return {
    outcome: outcomeOf(outcome, company, draft, kept),
    foundBy,
    companyId: company.id,
    // HubSpot users may have entered a longer text. It enters the state of an onboarding, which is bounded (G8).
    companyKey: company.properties[COMPANY_KEY]?.slice(0, KEY_LIMIT) || identity.key,
    organizationId: organizationIdIn(keyOn(company)) ?? draft.organizationId,
    standsFor: key === customerCompanyKey(draft.customerId) ? 'customer' : 'organization',
    url: company.url,
    correlationId: company.correlationId,
    kept: kept.flatMap((property) => companyField(property) ?? []),
    rejected,
    ...(note && { note }),
  }
}

/** The domain property, for a company that has this domain, or gets it now. */
function ownDomain({ properties }: HubSpotRecord, { values }: CompanyDraft): { [COMPANY_DOMAIN]?: string } {
  const domain = organizationDomain(values['company.domain'])
  const present = properties['domain'] || null
  const isOwn = domain !== null && (present === null || organizationDomain(present) === domain)
  return isOwn ? { [COMPANY_DOMAIN]: domain } : {}
}

function outcomeOf(
  outcome: FoundCompany['outcome'],
  company: HubSpotRecord,
  { lastEventAt }: CompanyDraft,
  kept: string[],
): CompanyOutcome['outcome'] {
  if (outcome !== 'existed') return outcome
  // Equal times mean that this is our own earlier create, whose response was lost.
  if (timeOn(company, LAST_EVENT_AT) === lastEventAt && kept.length === 0 && !isClaimed(company)) return 'created'
  // A watermark is written after each claim. Without one, an earlier attempt of ours has ended between the two.
  return isClaimed(company) && timeOn(company, LAST_EVENT_AT) === 0 ? 'adopted' : outcome
}
