// Writes to a company that several customers may share, and reads it back, until the newest values are there (G4).

import type { CompanyChange, RejectedField } from '../domain/crm.ts'
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

/** What is to be written to a company, by the values that it has now. */
export interface Decision {
  properties: Properties
  sent: CompanyField[]
  skipped: CompanyField[]
  kept: CompanyField[]
  othersEventAt: number
}

/** The company of the last read, and the result of the change. */
export interface Settled {
  company: HubSpotRecord
  skipped: CompanyField[]
  kept: CompanyField[]
  rejected: RejectedField[]
  othersEventAt: number
  /** Nothing had to be written. */
  isUnchanged: boolean
  note?: string
}

/**
 * Writes what the first decision says, and reads the company back, until nothing is left to write. Values that are older than
 * another customer's are skipped. Returns `null` when the company is missing.
 *
 * @param first the company of a read just before, and what is to be written to it
 */
export async function writeInRounds(
  hubspot: HubSpot,
  change: CompanyChange,
  first: { company: HubSpotRecord; decision: Decision },
  policy: UpdatePolicy,
): Promise<Settled | null> {
  let { company, decision } = first
  let rest = change
  let note: string | undefined
  const rejected: RejectedField[] = []
  for (let round = 1; ; round += 1) {
    const { properties, sent, skipped, kept, othersEventAt } = decision
    const settled = { company, kept, rejected, othersEventAt, isUnchanged: false, ...(note && { note }) }
    if (Object.keys(properties).length === 0) return { ...settled, skipped, isUnchanged: round === 1 }
    if (round > ROUNDS) return { ...settled, skipped: [...skipped, ...sent] }

    const written = await withFreeDomain(properties, (free) =>
      withoutRejected(free, companyField, async (left) => {
        // HubSpot rejects a change without properties, which is left when it has rejected the only one.
        return Object.keys(left).length > 0 ? await hubspot.companies.update(company.id, left) : company
      }),
    )
    rejected.push(...written.rejected)
    note ??= written.note
    // No value of ours was sent, so another customer cannot have overwritten one.
    const values = sent.filter((field) => !written.rejected.some((each) => each.field === field))
    if (values.length === 0) return { ...settled, skipped, ...(note && { note }) }

    rest = withoutSettled(rest, written.result, decision, rejected)
    await waitForReplication()
    const after = await findOwn(hubspot, change)
    if (!after) return null
    company = after
    decision = decide(company, rest, policy)
  }
}

/** The company with our key; HubSpot users may have emptied the key. Another organization's company is not ours (G3). */
export async function findOwn(
  hubspot: HubSpot,
  { companyId, companyKey }: CompanyChange,
): Promise<HubSpotRecord | null> {
  const byKey = await hubspot.companies.find(companyKey, COMPANY_KEY)
  if (byKey?.properties[COMPANY_KEY] === companyKey) return byKey
  const byId = await hubspot.companies.find(companyId)
  return byId && ['', companyKey].includes(byId.properties[COMPANY_KEY] ?? '') ? byId : null
}

export function decide(company: HubSpotRecord, change: CompanyChange, policy: UpdatePolicy): Decision {
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
  decision.properties = {
    ...companyProperties(values),
    ...(values['company.domain'] !== undefined && {
      [COMPANY_DOMAIN]: organizationDomain(values['company.domain']) ?? '',
    }),
    ...(!company.properties[COMPANY_KEY] && { [COMPANY_KEY]: change.companyKey }),
    ...newWatermark(watermark, change, { othersEventAt, isSending: decision.sent.length > 0, timeOf }),
  }
  return decision
}

/**
 * The watermark never falls below an event time that is known to be written: HubSpot may have executed an older write late, and
 * with it an older watermark. A third customer's value would then count as newer than the newest.
 */
function newWatermark(
  watermark: number,
  { values, lastEventAt, ownEventAt, othersEventAt: knownEventAt, onlyDifferent }: CompanyChange,
  {
    othersEventAt,
    isSending,
    timeOf,
  }: { othersEventAt: number; isSending: boolean; timeOf: (field: CompanyField) => number },
): Properties {
  const isNewer = entriesOf(values).some(([field]) => timeOf(field) > watermark)
  const isLowered = onlyDifferent === true && watermark < Math.max(ownEventAt, knownEventAt)
  if (!isNewer && !isSending && !isLowered) return {}
  return { [LAST_EVENT_AT]: String(Math.max(watermark, lastEventAt, ownEventAt, othersEventAt)) }
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
