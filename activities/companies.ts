// One company per key in HubSpot, whatever is repeated: created, or the one that was there (G2).

import type { CompanyChange, CompanyDraft, CompanyOutcome, WriteOutcome } from '../domain/crm.ts'
import { companyKey } from './company-key.ts'
import type { HubSpot, HubSpotRecord } from './hubspot/client.ts'
import { COMPANY_KEY, companyField, companyProperties, emptyOf, LAST_EVENT_AT } from './hubspot/properties.ts'
import type { Properties } from './hubspot/properties.ts'
import { withoutRefused } from './refused-values.ts'

/** Finds the company by its key, or creates it. What people filled in on one that exists stays as it is. */
export async function createCompany(hubspot: HubSpot, draft: CompanyDraft): Promise<CompanyOutcome> {
  const key = companyKey(draft)
  const properties = { ...companyProperties(draft.values), [LAST_EVENT_AT]: String(draft.lastEventAt) }

  const existing = await hubspot.companies.find(key, COMPANY_KEY)
  if (existing) return await fillIn(hubspot, existing, properties)

  // Another customer of the firm, or our own lost answer, may have been faster; then this writes to that company.
  const { result, refused } = await withoutRefused(properties, companyField, (rest) =>
    hubspot.companies.upsert(key, rest),
  )
  return { outcome: result.isNew ? 'created' : 'existed', ...found(result), refused }
}

/** Overwrites what the change carries, unless another customer of the same firm was later (G4). */
export async function updateCompany(hubspot: HubSpot, change: CompanyChange): Promise<WriteOutcome> {
  const company = await hubspot.companies.find(change.companyId)
  if (!company) return { outcome: 'missing', correlationId: null }
  if (Number(company.properties[LAST_EVENT_AT] ?? 0) > change.lastEventAt) {
    return { outcome: 'superseded', correlationId: company.correlationId }
  }

  const properties = { ...companyProperties(change.values), [LAST_EVENT_AT]: String(change.lastEventAt) }
  const { result, refused } = await withoutRefused(properties, companyField, (rest) =>
    hubspot.companies.update(company.id, rest),
  )
  return { outcome: 'written', refused, correlationId: result.correlationId }
}

async function fillIn(hubspot: HubSpot, company: HubSpotRecord, properties: Properties): Promise<CompanyOutcome> {
  const empty = emptyOf(company, properties)
  if (Object.keys(empty).length === 0) return { outcome: 'existed', ...found(company), refused: [] }
  const { refused } = await withoutRefused(empty, companyField, (rest) => hubspot.companies.update(company.id, rest))
  return { outcome: 'existed', ...found(company), refused }
}

function found({ id, url, correlationId }: HubSpotRecord): Pick<CompanyOutcome, 'companyId' | 'url' | 'correlationId'> {
  return { companyId: id, url, correlationId }
}
