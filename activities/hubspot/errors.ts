// One table: what HubSpot answered → what we do about it. No other file looks at a status code.

import { ApplicationFailure } from '@temporalio/common'
import { REFUSED } from '../../domain/failures.ts'
import type { Refusal } from '../../domain/failures.ts'
import { HubSpotError } from './hubspot-error.ts'

/** The record is not there; also what HubSpot says of one that people deleted. */
export function isMissing(error: HubSpotError): boolean {
  return error.status === 404
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

interface Row {
  when: (error: HubSpotError) => boolean
  /** The failure's type in Temporal. */
  type: string
  /** Longest number of tries before the customer is parked; without it, retries go on without limit (G9). */
  tries?: number
  /** Pause before the next try; without it, the retry policy's growing pauses. `Retry-After` of the answer goes first. */
  pauseSeconds?: (error: HubSpotError) => number
  refusal?: Pick<Refusal, 'reason' | 'message'>
}

const MINUTE = 60
// Longer than HubSpot ever asks for while it moves a portal (477, up to 24 h), so that a wrong header cannot stop a customer for good.
const LONGEST_PAUSE_SECONDS = 24 * 60 * MINUTE

const TABLE: Row[] = [
  { when: ({ status }) => status === null, type: 'HubSpotUnreachable' },
  {
    when: ({ status }) => status === 429,
    type: 'HubSpotRateLimited',
    pauseSeconds: ({ policy }) => (policy === 'DAILY' ? 60 * MINUTE : policy === 'TEN_SECONDLY_ROLLING' ? 10 : 1),
  },
  // Locked by very many writes at once; HubSpot asks to wait for at least two seconds.
  { when: ({ status }) => status === 423, type: 'HubSpotUnavailable', pauseSeconds: () => 2 },
  { when: ({ status }) => status === 408 || status === 477 || (status ?? 0) >= 500, type: 'HubSpotUnavailable' },
  // A revoked token is nobody's fault among the customers: they wait until it works again.
  { when: ({ status }) => status === 401 || status === 403, type: 'HubSpotAuth', pauseSeconds: () => 30 },
  // The setup has not been run on this portal. Nothing may be created without our keys, and nobody is parked for it.
  {
    when: (error) => isInvalid(error) && error.refusedProperties.some(({ name }) => name.startsWith('onramp_')),
    type: 'HubSpotNotSetUp',
    pauseSeconds: () => 30,
  },
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
  // An address that is taken, but by no contact that can be read: a merge or a deletion is under way.
  { when: ({ status }) => status === 409, type: 'HubSpotConflict' },
  {
    when: ({ status }) => status !== null && status >= 400,
    type: REFUSED,
    tries: 1,
    refusal: {
      reason: 'refused-by-hubspot',
      message: 'HubSpot does not take the data. Correct it in the product, then resume.',
    },
  },
]

const UNEXPLAINED: Row = { when: () => true, type: 'HubSpotUnexplained' }

/**
 * The failure that reaches Temporal: retried with HubSpot's own pace, or final with the reason for which the customer is
 * parked. It names step, status, category and fields; never a value, an address or a header (G11).
 *
 * @param attempt which try this was, from 1
 */
export function failureOf(
  error: HubSpotError,
  attempt: number,
  nameOf: (property: string) => string,
): ApplicationFailure {
  const row = TABLE.find(({ when }) => when(error)) ?? UNEXPLAINED
  const { status, category, correlationId } = error
  const refused = error.refusedProperties
  const what = [error.message, category, ...refused.map(({ name, code }) => `${name} ${code}`)]
    .filter(Boolean)
    .join(', ')

  if (row.refusal && attempt >= (row.tries ?? Infinity)) {
    const fields = refused.map(({ name }) => nameOf(name))
    return refuse({ ...row.refusal, status, category, fields, correlationId }, what)
  }
  const pause = error.retryAfterSeconds ?? row.pauseSeconds?.(error)
  return ApplicationFailure.create({
    type: row.type,
    message: what,
    details: [{ status, category, correlationId }],
    ...(pause === undefined ? {} : { nextRetryDelay: Math.min(pause, LONGEST_PAUSE_SECONDS) * 1000 }),
  })
}

/** The failure that parks a customer: no retry can cure it. */
export function refuse(refusal: Refusal, what = refusal.message): ApplicationFailure {
  return ApplicationFailure.create({ type: REFUSED, message: what, nonRetryable: true, details: [refusal] })
}
