// Changes a company that several customers may share.

import type { CompanyChange, WriteOutcome } from '../domain/crm.ts'
import { entriesOf } from '../domain/fields.ts'
import type { CompanyField, Values } from '../domain/fields.ts'
import type { HubSpot } from './client/client.ts'
import type { HubSpotRecord } from './client/responses.ts'
import { decide, findOwn, writeInRounds } from './company-rounds.ts'
import type { Settled } from './company-rounds.ts'
import { companyValuesOn, watermarkNote } from './properties.ts'
import type { UpdatePolicy } from './properties.ts'

/**
 * Reads the company, and writes what is to be written. Values that are older than another customer's are skipped. Values that
 * HubSpot has already are not sent.
 */
export async function updateCompany(
  hubspot: HubSpot,
  change: CompanyChange,
  policy: UpdatePolicy,
): Promise<WriteOutcome> {
  const company = await findOwn(hubspot, change)
  const first = company && { company, decision: decide(company, change, policy) }
  const settled = first && (await writeInRounds(hubspot, change, first, policy))
  if (!settled) return { outcome: 'missing', correlationId: null }
  const outcome = outcomeOf(change, settled, watermarkNote(first.company))
  if (outcome.outcome !== 'written' || !change.compared) return outcome
  return { ...outcome, present: presentOn(first.company, change.compared) }
}

/** The fields of these values that the company has. */
function presentOn(company: HubSpotRecord, values: Values<CompanyField>): CompanyField[] {
  const present = companyValuesOn(company)
  return entriesOf(values).flatMap(([field, value]) => (present[field] === value ? [field] : []))
}

function outcomeOf(
  { values }: CompanyChange,
  { company: { id: recordId, correlationId }, skipped, kept, rejected, othersEventAt, isUnchanged, note }: Settled,
  watermark: string | null,
): WriteOutcome {
  const notes = [note, watermark].filter(Boolean).join('; ')
  const noted = { correlationId, ...(notes && { note: notes }) }
  const { length } = Object.keys(values)
  if (length > 0 && skipped.length === length) return { outcome: 'skipped', othersEventAt, ...noted }
  const unchanged = isUnchanged ? { isUnchanged: true as const } : {}
  return { outcome: 'written', recordId, skipped, kept, rejected, othersEventAt, ...unchanged, ...noted }
}
