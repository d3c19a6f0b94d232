// One company per firm in HubSpot, whatever is repeated: created, the one that was there, or adopted from people (G2).

import type { CompanyChange, CompanyDraft, CompanyField, CompanyOutcome, Values, WriteOutcome } from '../domain/crm.ts'
import { companyOfDomain } from './adopted-company.ts'
import type { KnownCompany } from './adopted-company.ts'
import { companyKey, firmDomain, productCompanyIdIn } from './company-key.ts'
import type { HubSpot } from './client/client.ts'
import { refuse } from './client/errors.ts'
import { COMPANY_KEY, companyField, companyProperties, emptyOf, LAST_EVENT_AT } from './properties.ts'
import type { Properties } from './properties.ts'
import { withoutRefused } from './rejected-values.ts'

/** Whether a company that people made before us, with the same domain, becomes ours. */
export type AdoptionPolicy = 'by-domain' | 'off'

/** Finds the company by its key, or among those that people made, or creates it. What people filled in stays as it is. */
export async function createCompany(
  hubspot: HubSpot,
  draft: CompanyDraft,
  adoption: AdoptionPolicy,
): Promise<CompanyOutcome> {
  const key = companyKey(draft)
  const properties = { ...companyProperties(draft.values), [LAST_EVENT_AT]: String(draft.lastEventAt) }

  for (const [known, by] of knownKeys(key, draft)) {
    const company = await hubspot.companies.find(known, COMPANY_KEY)
    if (company) return await fillIn(hubspot, { outcome: 'existed', by, company }, properties, draft)
  }

  const known = adoption === 'off' ? {} : await companyOfDomain(hubspot, key, draft)
  if ('company' in known) return await fillIn(hubspot, known, properties, draft)

  if (!draft.values['company.name'] && !draft.values['company.domain']) throw nameless()

  // Another customer of the firm, or our own lost answer, may have been faster; then this writes to that company.
  const { result, refused } = await withoutRefused(properties, companyField, (rest) =>
    hubspot.companies.upsert(key, rest),
  )
  const { id, url, correlationId, isNew } = result
  const outcome = isNew ? 'created' : 'existed'
  const productCompanyId = productCompanyIdIn(key)
  return { outcome, by: 'key', companyId: id, productCompanyId, url, correlationId, refused, ...known }
}

/** Overwrites what the change carries, but for what is older than another customer's value of the same firm (G4). */
export async function updateCompany(hubspot: HubSpot, change: CompanyChange): Promise<WriteOutcome> {
  const company = await hubspot.companies.find(change.companyId)
  if (!company) return { outcome: 'missing', correlationId: null }
  const newest = Number(company.properties[LAST_EVENT_AT] || 0)
  // What has the very time of this change is its own, whose answer was lost.
  const isOthers = newest > change.ownEventAt && newest !== change.lastEventAt
  const othersEventAt = isOthers ? newest : change.othersEventAt
  const values = notOlder(change, othersEventAt)
  if (Object.keys(values).length === 0) {
    return { outcome: 'superseded', othersEventAt, correlationId: company.correlationId }
  }

  const properties = { ...companyProperties(values), [LAST_EVENT_AT]: String(Math.max(newest, change.lastEventAt)) }
  const { result, refused } = await withoutRefused(properties, companyField, (rest) =>
    hubspot.companies.update(company.id, rest),
  )
  return { outcome: 'written', recordId: result.id, refused, othersEventAt, correlationId: result.correlationId }
}

function nameless() {
  return refuse({
    reason: 'refused-by-hubspot',
    message: 'Neither name nor domain of the company is known here. The next event with one of them makes it.',
    status: 400,
    category: 'VALIDATION_ERROR',
    fields: [],
    correlationId: null,
  })
}

function notOlder({ values, times, lastEventAt }: CompanyChange, eventAt: number): Values<CompanyField> {
  const fields = Object.keys(values) as CompanyField[]
  return Object.fromEntries(
    fields.filter((field) => (times[field] ?? lastEventAt) >= eventAt).map((field) => [field, values[field]]),
  )
}

/** The firm may be known by its domain from a time when the product gave it no id yet. */
function knownKeys(key: string, draft: CompanyDraft): [key: string, by: 'key' | 'domain'][] {
  const domain = firmDomain(draft.values['company.domain'])
  return key.startsWith('id:') && domain !== null
    ? [
        [key, 'key'],
        [`domain:${domain}`, 'domain'],
      ]
    : [[key, 'key']]
}

async function fillIn(
  hubspot: HubSpot,
  { outcome, by, company }: KnownCompany,
  properties: Properties,
  draft: CompanyDraft,
): Promise<CompanyOutcome> {
  const { id, url, correlationId } = company
  const productCompanyId = productCompanyIdIn(company.properties[COMPANY_KEY] ?? '') ?? draft.productCompanyId
  const found = { outcome, by, companyId: id, productCompanyId, url, correlationId }
  const empty = emptyOf(company, properties)
  if (Object.keys(empty).length === 0) return { ...found, refused: [] }
  // HubSpot takes no change without a property, which is what is left when it refuses the only one.
  const { refused } = await withoutRefused(empty, companyField, async (rest) => {
    if (Object.keys(rest).length > 0) await hubspot.companies.update(id, rest)
  })
  return { ...found, refused }
}
