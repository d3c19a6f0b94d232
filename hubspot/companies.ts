// One company per organization in HubSpot, even when a call is repeated (G2): finds it, adopts one of HubSpot users, or
// creates it.

import { explanations } from '../domain/attention.ts'
import type { CompanyChange, CompanyDraft, CompanyOutcome, WriteOutcome } from '../domain/crm.ts'
import { CrmRejection } from '../domain/failures.ts'
import { entriesOf, hasNameOrDomain } from '../domain/fields.ts'
import type { CompanyField } from '../domain/fields.ts'
import { adoptByDomain } from './adopted-company.ts'
import type { FoundCompany } from './adopted-company.ts'
import type { HubSpot } from './client/client.ts'
import { companyKey, organizationDomain, organizationIdIn } from './company-key.ts'
import { COMPANY_KEY, companyField, companyProperties, emptyOf, keptOf, LAST_EVENT_AT } from './properties.ts'
import { withoutRejected } from './rejected-values.ts'

/** Whether onramp adopts a company that HubSpot users created and that has the same domain. */
export type AdoptionPolicy = 'by-domain' | 'off'

/** Finds the company by its key, or adopts it, or creates it. HubSpot users' values stay as they are. */
export async function createCompany(
  hubspot: HubSpot,
  draft: CompanyDraft,
  adoption: AdoptionPolicy,
): Promise<CompanyOutcome> {
  const key = companyKey(draft)
  for (const { candidate, foundBy } of candidateKeys(key, draft)) {
    const company = await hubspot.companies.find(candidate, COMPANY_KEY)
    if (company) return await fillIn(hubspot, { outcome: 'existed', foundBy, company }, draft)
  }

  const adopted = adoption === 'off' ? null : await adoptByDomain(hubspot, key, draft)
  if (adopted?.company) return await fillIn(hubspot, adopted, draft)

  if (!hasNameOrDomain(draft.values)) {
    throw new CrmRejection({ ...explanations.companyWithoutName(), fields: [], correlationId: null })
  }
  // Another customer of the organization may have created the company in this moment, or an earlier call of ours whose
  // response was lost. Then the upsert writes to that company.
  const properties = { ...companyProperties(draft.values), [LAST_EVENT_AT]: String(draft.lastEventAt) }
  const { result, rejected } = await withoutRejected(properties, companyField, (rest) =>
    hubspot.companies.upsert(key, rest),
  )
  return {
    outcome: result.isNew ? 'created' : 'existed',
    foundBy: 'key',
    companyId: result.id,
    organizationId: organizationIdIn(key),
    url: result.url,
    correlationId: result.correlationId,
    kept: [],
    rejected,
    ...(adopted?.note && { note: adopted.note }),
  }
}

/** Writes the values of the change, except those that are older than another customer's values for the same company (G4). */
export async function updateCompany(hubspot: HubSpot, change: CompanyChange): Promise<WriteOutcome> {
  const company = await hubspot.companies.find(change.companyId)
  if (!company) return { outcome: 'missing', correlationId: null }
  const watermark = Number(company.properties[LAST_EVENT_AT] || 0)
  // Equal times mean that this is our own earlier write, whose response was lost.
  const isOthers = watermark > change.ownEventAt && watermark !== change.lastEventAt
  const othersEventAt = isOthers ? watermark : change.othersEventAt

  const isOlder = (field: CompanyField) => (change.times[field] ?? change.lastEventAt) < othersEventAt
  const fields = entriesOf(change.values)
  const skipped = fields.map(([field]) => field).filter(isOlder)
  if (skipped.length === fields.length) {
    return { outcome: 'skipped', othersEventAt, correlationId: company.correlationId }
  }
  const values = Object.fromEntries(fields.filter(([field]) => !skipped.includes(field)))
  const properties = { ...companyProperties(values), [LAST_EVENT_AT]: String(Math.max(watermark, change.lastEventAt)) }
  const { result, rejected } = await withoutRejected(properties, companyField, (rest) =>
    hubspot.companies.update(company.id, rest),
  )
  const { id: recordId, correlationId } = result
  return { outcome: 'written', recordId, skipped, rejected, othersEventAt, correlationId }
}

/** The company may have been created under its domain, before the product gave the organization an id. */
function candidateKeys(key: string, draft: CompanyDraft): { candidate: string; foundBy: 'key' | 'domain' }[] {
  const domain = organizationDomain(draft.values['company.domain'])
  const byKey = { candidate: key, foundBy: 'key' } as const
  return key.startsWith('id:') && domain !== null
    ? [byKey, { candidate: `domain:${domain}`, foundBy: 'domain' }]
    : [byKey]
}

async function fillIn(
  hubspot: HubSpot,
  { outcome, foundBy, company }: FoundCompany,
  draft: CompanyDraft,
): Promise<CompanyOutcome> {
  const wanted = companyProperties(draft.values)
  const empty = emptyOf(company, { ...wanted, [LAST_EVENT_AT]: String(draft.lastEventAt) })
  const { rejected } = await withoutRejected(empty, companyField, async (rest) => {
    // Nothing is left to write when HubSpot has rejected the only property; HubSpot also rejects a change without properties.
    if (Object.keys(rest).length > 0) await hubspot.companies.update(company.id, rest)
  })
  const kept = keptOf(company, wanted)
  // Equal times mean that this is our own earlier create, whose response was lost.
  const isOwn = company.properties[LAST_EVENT_AT] === String(draft.lastEventAt) && kept.length === 0
  return {
    outcome: outcome === 'existed' && isOwn ? 'created' : outcome,
    foundBy,
    companyId: company.id,
    organizationId: organizationIdIn(company.properties[COMPANY_KEY] ?? '') ?? draft.organizationId,
    url: company.url,
    correlationId: company.correlationId,
    kept: kept.flatMap((property) => companyField(property) ?? []),
    rejected,
  }
}
