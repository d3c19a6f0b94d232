// One table: what HubSpot answered → what we do about it. No other file looks at a status code.

import { ApplicationFailure, ApplicationFailureCategory } from '@temporalio/common'
import { REFUSED } from '../../domain/failures.ts'
import type { Refusal } from '../../domain/failures.ts'
import { HubSpotError } from './hubspot-error.ts'

/**
 * The record is not there; also what HubSpot says of one that people deleted. A page in its place is a proxy's or a wrong
 * address's, and says nothing about records.
 */
export function isMissing(error: HubSpotError): boolean {
  return error.status === 404 && (typeof error.body === 'object' || error.body === '')
}

/** What `find` finds, `null` when HubSpot says that it is not there. */
export async function unlessMissing<T>(find: () => Promise<T>): Promise<T | null> {
  try {
    return await find()
  } catch (error) {
    if (error instanceof HubSpotError && isMissing(error)) return null
    throw error
  }
}

/** Another record has the e-mail address, or the value of a unique property: HubSpot says that with 400 in free text. */
export function isConflict(error: HubSpotError): boolean {
  return error.status === 409 || isTakenUniqueValue(error)
}

export function isTakenUniqueValue(error: HubSpotError): boolean {
  return error.status === 400 && /already has that value/.test(JSON.stringify(error.body))
}

/** HubSpot refuses single values and names their properties, so that the rest can be written without them. */
export function isInvalid(error: HubSpotError): boolean {
  return error.status === 400 && !isTakenUniqueValue(error)
}

/** The token is refused, or may not do this; true of every call, so there is no sense in making more. */
export function isLockedOut(error: HubSpotError): boolean {
  return error.status === 401 || isForbidden(error)
}

/** The token is good, and may not do this. */
export function isForbidden(error: HubSpotError): boolean {
  return error.status === 403
}

/** HubSpot has read the request, so the token was good; a 5xx says nothing about it. */
export function provesLetIn(error: HubSpotError): boolean {
  return error.status !== null && error.status >= 400 && error.status < 500 && !isLockedOut(error)
}

function lacksSetup(error: HubSpotError): boolean {
  return isInvalid(error) && error.refusedProperties.some(({ name }) => name.startsWith('onramp_'))
}

interface Row {
  when: (error: HubSpotError) => boolean
  /** The failure's type in Temporal. */
  type: string
  /** After so many tries, or after so long, the customer is parked; without either, it is tried without limit (G9). */
  tries?: number
  patienceMs?: number
  /** Pause before the next try; without it, the retry policy's growing pauses. `Retry-After` of the answer goes first. */
  pauseSeconds?: (error: HubSpotError) => number
  /** How long a pause of the answer's own is believed; an hour when absent. */
  longestPauseSeconds?: number
  refusal?: Pick<Refusal, 'reason' | 'message'>
}

const MINUTE = 60
const DAY_MS = 24 * 60 * MINUTE * 1000
// A `Retry-After` that is longer is not believed: a wrong header must not stop a customer.
const LONGEST_PAUSE_SECONDS = 60 * MINUTE

const UNEXPLAINED = {
  reason: 'hubspot-unexplained',
  message: 'HubSpot has answered for a day in a way that nobody has seen before. The log has its correlation id.',
} as const

// The first row that fits decides.
const TABLE: Row[] = [
  { when: ({ status }) => status === null, type: 'HubSpotUnreachable' },
  {
    when: ({ status, policy }) => status === 429 && policy === 'DAILY',
    type: 'HubSpotDailyLimit',
    // The day ends at midnight of the portal's time zone, which the answer does not tell.
    pauseSeconds: () => 60 * MINUTE,
  },
  {
    when: ({ status, category }) => status === 429 || category === 'RATE_LIMITS',
    type: 'HubSpotRateLimited',
    pauseSeconds: ({ policy }) => (policy === 'TEN_SECONDLY_ROLLING' ? 10 : 1),
  },
  // Locked by very many writes at once; HubSpot asks to wait for at least two seconds.
  { when: ({ status }) => status === 423, type: 'HubSpotUnavailable', pauseSeconds: () => 2 },
  // The portal is moved to another data centre, for up to a day.
  { when: ({ status }) => status === 477, type: 'HubSpotUnavailable', longestPauseSeconds: 24 * 60 * MINUTE },
  { when: ({ status }) => status === 408 || (status ?? 0) >= 500, type: 'HubSpotUnavailable' },
  // A revoked token is nobody's fault among the customers: they wait until it works again.
  { when: isLockedOut, type: 'HubSpotAuth', pauseSeconds: () => 30 },
  // Without our keys nothing may be created; the setup has not been run on this portal, and nobody is parked for it.
  { when: lacksSetup, type: 'HubSpotNotSetUp', pauseSeconds: () => 30 },
  // A record made a moment ago may be unknown to the next call for a while.
  {
    when: isMissing,
    type: 'HubSpotNotFound',
    tries: 5,
    refusal: {
      reason: 'missing-in-hubspot',
      message: 'HubSpot no longer has the record. Restore it there, then resume.',
    },
  },
  // The address is taken, but by no contact that can be read: a merge or a deletion is under way.
  {
    when: isConflict,
    type: 'HubSpotConflict',
    tries: 8,
    refusal: {
      reason: 'hubspot-unexplained',
      message:
        'HubSpot says that the address is taken, yet shows no contact that has it. Look for it there, also among the deleted, then resume.',
    },
  },
  {
    when: ({ status, category }) => status === 400 && category === 'VALIDATION_ERROR',
    type: REFUSED,
    tries: 1,
    refusal: {
      reason: 'refused-by-hubspot',
      message: 'HubSpot does not take the data. Correct it in the product, then resume.',
    },
  },
  { when: () => true, type: 'HubSpotUnexplained', patienceMs: DAY_MS, refusal: UNEXPLAINED },
]

/** How often and for how long an activity has met this same kind of answer, this time included. */
interface Tries {
  attempt: number
  elapsedMs: number
}

/** The kind of an answer, by which repeats are counted: the failure's type when it is tried again. */
export function kindOf(error: HubSpotError): string {
  return rowOf(error).type
}

/**
 * The failure that reaches Temporal: retried with HubSpot's own pace, or final with the reason for which the customer is
 * parked. It names status, category and fields; never a value, an address or a header (G11).
 */
export function failureOf(error: HubSpotError, tries: Tries, nameOf: (property: string) => string): ApplicationFailure {
  const row = rowOf(error)
  const { status, category, correlationId } = error
  const refused = error.refusedProperties
  const what = [error.message, category, ...refused.map(({ name, code }) => `${name} ${code}`)]
    .filter(Boolean)
    .join(', ')

  const isOver = tries.attempt >= (row.tries ?? Infinity) || tries.elapsedMs >= (row.patienceMs ?? Infinity)
  if (row.refusal && isOver) {
    const fields = refused.map(({ name }) => nameOf(name))
    return refuse({ ...row.refusal, status, category, fields, correlationId }, what)
  }
  const pause = error.retryAfterSeconds ?? row.pauseSeconds?.(error)
  return ApplicationFailure.create({
    type: row.type,
    message: what,
    details: [{ status, category, correlationId }],
    // Expected and tried again: no reason to raise anybody by a warning for each customer.
    category: ApplicationFailureCategory.BENIGN,
    ...(pause === undefined
      ? {}
      : { nextRetryDelay: Math.min(pause, row.longestPauseSeconds ?? LONGEST_PAUSE_SECONDS) * 1000 }),
  })
}

/** The failure that parks a customer: no retry can cure it. */
export function refuse(refusal: Refusal, what = refusal.message): ApplicationFailure {
  return ApplicationFailure.create({ type: REFUSED, message: what, nonRetryable: true, details: [refusal] })
}

function rowOf(error: HubSpotError): Row {
  // The last row fits everything.
  return TABLE.find(({ when }) => when(error)) as Row
}
