// A company that is there already: what is missing on it, and how it counts. HubSpot users' values stay as they are.

import type { CompanyChange, CompanyDraft, CompanyOutcome } from '../domain/crm.ts'
import type { HubSpot } from './client/client.ts'
import type { HubSpotRecord } from './client/responses.ts'
import { customerCompanyKey, keyOn, organizationDomain, organizationIdIn } from './company-key.ts'
import { writeInRounds } from './company-rounds.ts'
import type { Settled } from './company-rounds.ts'
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
  watermarkNote,
} from './properties.ts'
import type { Properties } from './properties.ts'
import { canBeCreatedSince } from './record-age.ts'

/**
 * Fills in what is empty on the company, which was read just now. Two registrations may fill in one field at once: the value of
 * the newer event stays, and the other one is skipped. Returns `null` when the company is no longer the organization's: another one has
 * claimed it in this moment, or HubSpot users have deleted it.
 */
export async function fillIn(
  hubspot: HubSpot,
  found: FoundCompany,
  draft: CompanyDraft,
  identity: CompanyIdentity,
): Promise<CompanyOutcome | null> {
  const { company } = found
  const properties = missingOn(company, draft, identity)
  const sent = Object.keys(properties).flatMap((property) => companyField(property) ?? [])
  const othersEventAt = othersEventAtOn(company, draft)
  const { lastEventAt } = draft
  const change: CompanyChange = {
    companyId: company.id,
    companyKey: company.properties[COMPANY_KEY] || identity.key,
    values: Object.fromEntries(sent.map((field) => [field, draft.values[field]])),
    repeated: [],
    times: {},
    lastEventAt,
    ownEventAt: 0,
    othersEventAt,
  }
  const first = { company, decision: { properties, sent, skipped: [], kept: [], othersEventAt } }
  // The fields were empty a moment ago. So another value there is no older one of HubSpot users.
  const settled = await writeInRounds(hubspot, change, first, 'overwrite')
  if (settled === null) return null
  const outcome = existingCompany(found, draft, identity, settled)
  return sent.length > 0 ? { ...outcome, ownEventAt: lastEventAt, othersEventAt: settled.othersEventAt } : outcome
}

/**
 * The values of the draft, and onramp's own properties, that the company lacks. A value that is filled in raises the watermark,
 * so that another customer's older value does not overwrite it.
 */
export function missingOn(company: HubSpotRecord, draft: CompanyDraft, { key }: CompanyIdentity): Properties {
  const marks = { [COMPANY_KEY]: key, ...ownDomain(company, draft) }
  const values = emptyOf(company, companyProperties(draft.values))
  const watermark = timeOn(company, LAST_EVENT_AT)
  const isRaised = watermark === 0 || (Object.keys(values).length > 0 && draft.lastEventAt > watermark)
  return { ...values, ...emptyOf(company, marks), ...(isRaised && { [LAST_EVENT_AT]: String(draft.lastEventAt) }) }
}

/** The outcome for a company on which nothing is missing any more. */
export function existingCompany(
  { outcome, foundBy, company }: FoundCompany,
  draft: CompanyDraft,
  identity: CompanyIdentity,
  {
    rejected,
    skipped = [],
    kept = [],
    note,
  }: Pick<CompanyOutcome, 'rejected'> & Partial<Pick<Settled, 'skipped' | 'kept' | 'note'>>,
): CompanyOutcome {
  const present = keptOf(company, companyProperties(draft.values)).flatMap((property) => companyField(property) ?? [])
  const key = keyOn(company) || identity.key
  const notes = [note ?? identity.note, watermarkNote(company)].filter(Boolean).join('; ')
  return {
    outcome: outcomeOf(outcome, company, draft, present),
    foundBy,
    companyId: company.id,
    companyKey: company.properties[COMPANY_KEY] || identity.key,
    organizationId: organizationIdIn(keyOn(company)) ?? draft.organizationId,
    standsFor: key === customerCompanyKey(draft.customerId) ? 'customer' : 'organization',
    url: company.url,
    correlationId: company.correlationId,
    kept: [...present, ...kept],
    skipped,
    rejected,
    // This is our own earlier write, whose response was lost.
    ...(timeOn(company, LAST_EVENT_AT) === draft.lastEventAt && { ownEventAt: draft.lastEventAt }),
    ...(notes && { note: notes }),
  }
}

/** Event time of the newest value of others on the company. Equal times are our own earlier write. */
function othersEventAtOn(company: HubSpotRecord, { lastEventAt }: CompanyDraft): number {
  const watermark = timeOn(company, LAST_EVENT_AT)
  return watermark === lastEventAt ? 0 : watermark
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
  { lastEventAt, lookedUp, since }: CompanyDraft,
  kept: string[],
): CompanyOutcome['outcome'] {
  if (outcome !== 'existed') return outcome
  // Equal times mean that this is our own earlier write, whose response was lost. It was a create, unless the look-up found the company,
  // or the company is older than the run: then it has filled in a value.
  const isOwn = timeOn(company, LAST_EVENT_AT) === lastEventAt
  const isNew = lookedUp?.companyId !== company.id && canBeCreatedSince(company, since)
  if (isOwn && isNew && kept.length === 0 && !isClaimed(company)) return 'created'
  // A claim is followed by a watermark. Without one, this is our own claim, after which an earlier attempt ended.
  return isClaimed(company) && !company.properties[LAST_EVENT_AT] ? 'adopted' : outcome
}
