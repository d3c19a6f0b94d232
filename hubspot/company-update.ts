// Changes a company that several customers may share.

import type { CompanyChange, WriteOutcome } from '../domain/crm.ts'
import type { HubSpot } from './client/client.ts'
import { decide, findOwn, writeInRounds } from './company-rounds.ts'
import type { Settled } from './company-rounds.ts'
import { watermarkNote } from './properties.ts'
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
  return settled
    ? outcomeOf(change, settled, watermarkNote(first.company))
    : { outcome: 'missing', correlationId: null }
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
