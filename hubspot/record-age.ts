// Concludes from the times of records what onramp itself has made: contact and company in an earlier attempt of the run, and the
// association of the two.

import type { RunOfContact } from '../domain/crm.ts'
import type { HubSpotRecord } from './client/responses.ts'
import { CLAIMED_AT, isClaimed, LAST_EVENT_AT, timeOn } from './properties.ts'

// The clocks of HubSpot, of Temporal and of the workers may differ by so much.
const CLOCKS_MS = 5 * 60 * 1000

/**
 * Returns whether an earlier attempt of this run has created or claimed the contact, and has written to it. After an earlier run, the
 * contact has another watermark or is older than this run. An attempt that has only claimed the contact has written no watermark.
 */
export function isOfThisRun(contact: HubSpotRecord, { lastEventAt, since }: RunOfContact): boolean {
  const madeAt = timeOn(contact, CLAIMED_AT) || (contact.createdAt ?? 0)
  return since !== undefined && timeOn(contact, LAST_EVENT_AT) === lastEventAt && madeAt >= since - CLOCKS_MS
}

/** Whether the record can have been created since a time; `true` when one of the two times is not known. */
export function canBeCreatedSince({ createdAt }: HubSpotRecord, since: number | undefined): boolean {
  return createdAt === null || since === undefined || createdAt >= since - CLOCKS_MS
}

/** Whether onramp has claimed the contact of HubSpot users, and was stopped before it wrote anything else. */
export function isOnlyClaimed(contact: HubSpotRecord): boolean {
  return isClaimed(contact) && !contact.properties[LAST_EVENT_AT]
}

/**
 * Returns whether nobody but onramp can have made the association of the two. HubSpot users can have made it only when both records
 * were there before onramp knew the contact.
 */
export function mustHaveAssociated(contact: HubSpotRecord, company: HubSpotRecord): boolean {
  if (!isClaimed(contact)) return true
  return !isClaimed(company) && (company.createdAt ?? 0) >= timeOn(contact, CLAIMED_AT) - CLOCKS_MS
}
