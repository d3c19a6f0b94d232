// Changes a company that several customers may share: the newest value wins, and is read back (G4).

import type { CompanyChange, RejectedField, WriteOutcome } from '../domain/crm.ts'
import { entriesOf } from '../domain/fields.ts'
import type { CompanyField, Values } from '../domain/fields.ts'
import type { HubSpot } from './client/client.ts'
import type { HubSpotRecord } from './client/responses.ts'
import { withFreeDomain } from './company-domain.ts'
import { organizationDomain } from './company-key.ts'
import {
  COMPANY_DOMAIN,
  COMPANY_KEY,
  companyField,
  companyProperties,
  companyValuesOn,
  isClaimed,
  LAST_EVENT_AT,
  timeOn,
} from './properties.ts'
import type { Properties, UpdatePolicy } from './properties.ts'
import { withoutRejected } from './rejected-values.ts'
import { waitForReplication } from './replication.ts'

// HubSpot has no compare-and-set, so another customer's older values may overwrite ours in this moment. Each round repairs that.
const ROUNDS = 3

/**
 * Reads the company, writes what is to be written, and reads it back, until nothing is left to write. Values that are older than
 * another customer's are skipped. Values that HubSpot has already are not sent.
 */
export async function updateCompany(
  hubspot: HubSpot,
  change: CompanyChange,
  policy: UpdatePolicy,
): Promise<WriteOutcome> {
  let rest = change
  let note: string | undefined
  const rejected: RejectedField[] = []
  for (let round = 1; ; round += 1) {
    const company = await findOwn(hubspot, change)
    if (!company) return { outcome: 'missing', correlationId: null }
    const decision = decide(company, rest, policy)
    const isLast = round > ROUNDS
    if (Object.keys(decision.properties).length === 0 || isLast) {
      const skipped = isLast ? [...decision.skipped, ...decision.sent] : decision.skipped
      const outcome = outcomeOf(company, change, { ...decision, skipped, rejected, note })
      return round === 1 && outcome.outcome === 'written' ? { ...outcome, isUnchanged: true } : outcome
    }
    const written = await withFreeDomain(decision.properties, (properties) =>
      withoutRejected(properties, companyField, (left) => hubspot.companies.update(company.id, left)),
    )
    rejected.push(...written.rejected)
    note ??= written.note
    // No value of ours was sent, so another customer cannot have overwritten one.
    if (decision.sent.length === 0) return outcomeOf(company, change, { ...decision, rejected, note })
    rest = withoutSettled(rest, written.result, decision, rejected)
    await waitForReplication()
  }
}

/** The company with our key; HubSpot users may have emptied the key. Another organization's company is not ours (G3). */
async function findOwn(hubspot: HubSpot, { companyId, companyKey }: CompanyChange): Promise<HubSpotRecord | null> {
  const byKey = await hubspot.companies.find(companyKey, COMPANY_KEY)
  if (byKey?.properties[COMPANY_KEY] === companyKey) return byKey
  const byId = await hubspot.companies.find(companyId)
  return byId && ['', companyKey].includes(byId.properties[COMPANY_KEY] ?? '') ? byId : null
}

interface Decision {
  properties: Properties
  sent: CompanyField[]
  skipped: CompanyField[]
  kept: CompanyField[]
  othersEventAt: number
}

function decide(company: HubSpotRecord, change: CompanyChange, policy: UpdatePolicy): Decision {
  const watermark = timeOn(company, LAST_EVENT_AT)
  // Equal times mean that this is our own earlier write, whose response was lost.
  const isOthers = watermark > change.ownEventAt && watermark !== change.lastEventAt
  const othersEventAt = isOthers ? watermark : change.othersEventAt
  const present = companyValuesOn(company)
  const timeOf = (field: CompanyField) => change.times[field] ?? change.lastEventAt

  const values: Values<CompanyField> = {}
  const decision: Decision = { properties: {}, sent: [], skipped: [], kept: [], othersEventAt }
  for (const [field, value] of entriesOf(change.values)) {
    if (present[field] === value) continue
    if (timeOf(field) < othersEventAt) decision.skipped.push(field)
    else if (isClaimed(company) && isKept(field, present, policy)) decision.kept.push(field)
    else if (isOthers || !change.repeated.includes(field)) values[field] = value
    // HubSpot users have changed what onramp wrote before.
    else decision.kept.push(field)
  }
  decision.sent = entriesOf(values).map(([field]) => field)
  const isNewer = entriesOf(change.values).some(([field]) => timeOf(field) > watermark)
  decision.properties = {
    ...companyProperties(values),
    ...(values['company.domain'] !== undefined && {
      [COMPANY_DOMAIN]: organizationDomain(values['company.domain']) ?? '',
    }),
    ...(!company.properties[COMPANY_KEY] && { [COMPANY_KEY]: change.companyKey }),
    ...((isNewer || decision.sent.length > 0) && { [LAST_EVENT_AT]: String(Math.max(watermark, change.lastEventAt)) }),
  }
  return decision
}

/** On a company of HubSpot users, their domain always stays, since customers' domains identify organizations. */
function isKept(field: CompanyField, present: Values<CompanyField>, policy: UpdatePolicy): boolean {
  return field === 'company.domain' || (policy === 'fill-if-empty' && present[field] !== null)
}

/**
 * The change without the values that HubSpot rejected, and with the others as HubSpot has stored them: it normalises some, and
 * those must not look like another customer's.
 */
function withoutSettled(
  change: CompanyChange,
  response: HubSpotRecord,
  { properties, othersEventAt }: Decision,
  rejected: RejectedField[],
): CompanyChange {
  const stored = Object.keys(properties).filter((name) => typeof response.properties[name] === 'string')
  const normalised = stored.flatMap((name) => {
    const field = companyField(name)
    return field === undefined ? [] : [[field, response.properties[name] || null]]
  })
  const values: Values<CompanyField> = { ...change.values, ...Object.fromEntries(normalised) }
  for (const { field } of rejected) delete values[field as CompanyField]
  return { ...change, values, ownEventAt: Math.max(change.ownEventAt, change.lastEventAt), othersEventAt }
}

function outcomeOf(
  { id: recordId, correlationId }: HubSpotRecord,
  { values }: CompanyChange,
  { skipped, kept, rejected, othersEventAt, note }: Decision & { rejected: RejectedField[]; note: string | undefined },
): WriteOutcome {
  const noted = { correlationId, ...(note && { note }) }
  const { length } = Object.keys(values)
  if (length > 0 && skipped.length === length) return { outcome: 'skipped', othersEventAt, ...noted }
  return { outcome: 'written', recordId, skipped, kept, rejected, othersEventAt, ...noted }
}
