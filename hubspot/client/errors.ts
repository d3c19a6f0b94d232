// One table: from HubSpot's response to what onramp does about it. No other file decides what an error status means.

import { explain, explanations } from '../../domain/attention.ts'
import type { Explanation } from '../../domain/attention.ts'
import { CrmFailure, CrmRejection } from '../../domain/failures.ts'
import { HubSpotError } from './hubspot-error.ts'

/**
 * HubSpot has no such record, or the record was deleted. An HTML page in place of JSON comes from a proxy or a wrong address; it
 * says nothing about records.
 */
export function isMissing(error: HubSpotError): boolean {
  return error.status === 404 && (typeof error.body === 'object' || error.body === '')
}

/** The result of a read; `null` when HubSpot has no such record. */
export async function nullIfMissing<T>(find: () => Promise<T>): Promise<T | null> {
  try {
    return await find()
  } catch (error) {
    if (error instanceof HubSpotError && isMissing(error)) return null
    throw error
  }
}

/** Another record has the e-mail address or the value of a unique property. For the latter, HubSpot answers 400 and free text. */
export function isConflict(error: HubSpotError): boolean {
  return error.status === 409 || isTakenUniqueValue(error)
}

export function isTakenUniqueValue(error: HubSpotError): boolean {
  return error.status === 400 && /already has that value/.test(JSON.stringify(error.body))
}

/** HubSpot rejects single values and names their properties, so that the rest can be written without them. */
export function isInvalid(error: HubSpotError): boolean {
  return error.status === 400 && !isTakenUniqueValue(error)
}

/** HubSpot rejects the token, or the token lacks a scope. Further calls would fail as well. */
export function isUnauthorized(error: HubSpotError): boolean {
  return error.status === 401 || isForbidden(error)
}

/** The token is valid, but lacks the scope for this call. */
export function isForbidden(error: HubSpotError): boolean {
  return error.status === 403
}

/** HubSpot has read the request, so the token is valid. A 5xx says nothing about the token. */
export function provesTokenValid(error: HubSpotError): boolean {
  return error.status !== null && error.status >= 400 && error.status < 500 && !isUnauthorized(error)
}

function lacksSetup(error: HubSpotError): boolean {
  return isInvalid(error) && error.rejectedProperties.some(({ name }) => name.startsWith('onramp_'))
}

interface ErrorRow {
  when: (error: HubSpotError) => boolean
  /** The failure's type in Temporal. */
  type: string
  /** Pause before the next attempt. A `Retry-After` overrides it. Without either, the retry policy's growing pauses apply. */
  pauseSeconds?: (error: HubSpotError) => number
  /** The longest pause; an hour when absent. A longer `Retry-After` is shortened to it. */
  maxPauseSeconds?: number
  /** When to park the customer: after a number of failures in a row (1: at once), or after a time. Absent: never (G9). */
  rejects?: { explanation: Explanation; afterAttempts?: number; afterMs?: number }
}

const MINUTE = 60
const DAY_MS = 24 * 60 * MINUTE * 1000
// A longer `Retry-After` is shortened: a wrong header must not stop a customer.
const MAX_PAUSE_SECONDS = 60 * MINUTE

// The first matching row decides.
const ERROR_TABLE: ErrorRow[] = [
  { when: ({ status }) => status === null, type: 'HubSpotUnreachable' },
  {
    when: ({ status, policy }) => status === 429 && policy === 'DAILY',
    type: 'HubSpotDailyLimit',
    // The day ends at midnight in the portal's time zone, which the response does not name.
    pauseSeconds: () => 60 * MINUTE,
  },
  {
    when: ({ status, category }) => status === 429 || category === 'RATE_LIMITS',
    type: 'HubSpotRateLimited',
    pauseSeconds: ({ policy }) => (policy === 'TEN_SECONDLY_ROLLING' ? 10 : 1),
  },
  // Very many writes at once lock the record; HubSpot asks for a pause of at least two seconds.
  { when: ({ status }) => status === 423, type: 'HubSpotUnavailable', pauseSeconds: () => 2 },
  // HubSpot moves the portal to another data centre, for up to a day.
  { when: ({ status }) => status === 477, type: 'HubSpotUnavailable', maxPauseSeconds: 24 * 60 * MINUTE },
  { when: ({ status }) => status === 408 || (status ?? 0) >= 500, type: 'HubSpotUnavailable' },
  // A revoked token is no customer's fault: all customers wait until the token is valid again.
  { when: isUnauthorized, type: 'HubSpotAuth', pauseSeconds: () => 30 },
  // The setup has not run on this portal. Without our unique properties onramp creates nothing, and parks nobody.
  { when: lacksSetup, type: 'HubSpotNotSetUp', pauseSeconds: () => 30 },
  // A record that was created a moment ago may still be missing for the next calls.
  {
    when: isMissing,
    type: 'HubSpotNotFound',
    rejects: { explanation: explain('missing-in-hubspot'), afterAttempts: 5 },
  },
  // HubSpot says that the address is taken, but no readable contact has it: a merge or a deletion is in progress.
  {
    when: isConflict,
    type: 'HubSpotConflict',
    rejects: { explanation: explanations.conflictWithoutContact(), afterAttempts: 8 },
  },
  {
    when: ({ status, category }) => status === 400 && category === 'VALIDATION_ERROR',
    type: 'HubSpotInvalid',
    rejects: { explanation: explain('refused-by-hubspot'), afterAttempts: 1 },
  },
  {
    when: () => true,
    type: 'HubSpotUnexplained',
    rejects: { explanation: explain('hubspot-unexplained'), afterMs: DAY_MS },
  },
]

/**
 * The error in the port's terms: a failure, which is retried at the pace that HubSpot asks for, or a rejection. Either names
 * status, category, codes and fields, but never a value, an address or a header (G11).
 *
 * @param nameOf the product's name of a property, for the fields that an operator reads
 */
export function failureOf(error: HubSpotError, nameOf: (property: string) => string): CrmFailure | CrmRejection {
  // The last row matches everything.
  const row = ERROR_TABLE.find(({ when }) => when(error)) as ErrorRow
  const { status, category, correlationId, rejectedProperties } = error
  const codes = rejectedProperties.map(({ name, code }) => `${name} ${code}`)
  const summary = [error.message, category, ...codes].filter(Boolean).join(', ')

  const fields = rejectedProperties.map(({ name }) => nameOf(name))
  const rejection = row.rejects ? { ...row.rejects.explanation, fields, correlationId } : null
  if (rejection && row.rejects?.afterAttempts === 1) return new CrmRejection(rejection, summary)

  const pause = error.retryAfterSeconds ?? row.pauseSeconds?.(error)
  return new CrmFailure(summary, {
    type: row.type,
    retryAfterMs: pause === undefined ? null : Math.min(pause, row.maxPauseSeconds ?? MAX_PAUSE_SECONDS) * 1000,
    retryLimit: rejection && { ...row.rejects, rejection },
    details: { status, category, correlationId },
  })
}
