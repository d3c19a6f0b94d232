// One table: from HubSpot's error response to what onramp does about it.

import { explain, explanations } from '../../domain/attention.ts'
import type { Explanation } from '../../domain/attention.ts'
import { CrmFailure, CrmRejection } from '../../domain/failures.ts'
import type { RetryLimit } from '../../domain/failures.ts'
import type { AnsweredBy } from '../../domain/onboarding.ts'
import { existingIdIn } from './conflict.ts'
import { isConflict, isForbidden, isInvalid, isMissing, isUnauthorized, limitOf } from './errors.ts'
import type { HubSpotError } from './hubspot-error.ts'

interface ErrorRule {
  when: (error: HubSpotError) => boolean
  /** The failure's type in Temporal. */
  type: string
  /** Pause before the next attempt. A `Retry-After` overrides it. Without either, the retry policy's growing pauses apply. */
  pauseSeconds?: (error: HubSpotError) => number
  /** The longest pause; an hour when absent. A longer `Retry-After` is shortened to it. */
  maxPauseSeconds?: number
  /** When to park the customer: at once, after a number of failures in a row, or after a time. Absent: never (G9). */
  rejects?: { explain: (error: HubSpotError, fieldOf: FieldOf) => Explanation; after: 'at-once' | RejectAfter }
}

type RejectAfter = Omit<RetryLimit, 'rejection'>

/** The product's name of a property; `undefined` for a property that no field maps to. */
type FieldOf = (property: string) => string | undefined

const MINUTE = 60
const DAY_MS = 24 * 60 * MINUTE * 1000
// A longer `Retry-After` is shortened: a wrong header must not stop a customer.
const MAX_PAUSE_SECONDS = 60 * MINUTE
const JITTER = 0.2

// An outage parks nobody (G9). The same failure of one customer alone is no outage.
const WHEN_ALONE = {
  explain: ({ status }: HubSpotError) => explanations.failingAlone(status),
  after: { aloneMs: DAY_MS },
}

// The first matching rule decides.
const ERROR_TABLE: ErrorRule[] = [
  // A revoked token is no customer's fault: all customers wait until the token is valid again.
  {
    when: (error) => error.finding === 'token-rejected' || isUnauthorized(error),
    type: 'HubSpotAuth',
    pauseSeconds: () => 30,
  },
  { when: ({ finding }) => finding === 'calls-forbidden', type: 'HubSpotForbidden', pauseSeconds: () => 30 },
  { when: ({ finding }) => finding === 'missing-for-several', type: 'HubSpotMissing', pauseSeconds: () => 60 },
  // The quota is used up for longer than the caller may wait. The step is repeated by a caller that may wait longer.
  { when: ({ finding }) => finding === 'quota-short', type: 'HubSpotQuota' },
  // The error has the pause until the next probe, at most an hour (daily-limit.ts). No call waits in the worker for so long. Temporal
  // repeats the activity after the pause, and shows the reason meanwhile.
  { when: ({ finding }) => finding === 'daily-limit', type: 'HubSpotDailyLimit' },
  // The caller was cancelled or the process ends. Nobody is at fault, and another attempt sends the call.
  { when: ({ finding }) => finding === 'not-sent', type: 'HubSpotNotSent' },
  { when: ({ finding }) => finding === 'unconfirmed', type: 'HubSpotUnavailable', rejects: WHEN_ALONE },
  { when: ({ status }) => status === null, type: 'HubSpotUnreachable', rejects: WHEN_ALONE },
  {
    when: (error) => limitOf(error) === 'day',
    type: 'HubSpotDailyLimit',
    // The day ends at midnight in the portal's time zone, which the response does not name.
    pauseSeconds: () => 60 * MINUTE,
  },
  {
    when: (error) => limitOf(error) !== null,
    type: 'HubSpotRateLimited',
    pauseSeconds: ({ policy }) => (policy === 'TEN_SECONDLY_ROLLING' ? 10 : 1),
  },
  // Very many writes at once lock the record; HubSpot asks for a pause of at least two seconds.
  { when: ({ status }) => status === 423, type: 'HubSpotUnavailable', pauseSeconds: () => 2, rejects: WHEN_ALONE },
  // HubSpot moves the portal to another data centre, for up to a day.
  { when: ({ status }) => status === 477, type: 'HubSpotUnavailable', maxPauseSeconds: 24 * 60 * MINUTE },
  {
    when: ({ status }) => status === 408 || (status ?? 0) >= 500,
    type: 'HubSpotUnavailable',
    rejects: WHEN_ALONE,
  },
  {
    when: isForbidden,
    type: 'HubSpotForbidden',
    rejects: {
      explain: ({ category, requiredScopes }) => explanations.callForbidden(category, requiredScopes),
      after: 'at-once',
    },
  },
  // The setup has not run on this portal. Without our unique properties onramp creates nothing, and parks nobody.
  { when: lacksSetup, type: 'HubSpotNotSetUp', pauseSeconds: () => 30 },
  // A record that was created a moment ago may still be missing for the next calls.
  {
    when: isMissing,
    type: 'HubSpotNotFound',
    rejects: { explain: () => explain('missing-in-hubspot'), after: { afterAttempts: 5 } },
  },
  // A 404 that is not HubSpot's own: a gateway has no route, or the address is wrong.
  { when: ({ status }) => status === 404, type: 'HubSpotUnavailable', rejects: WHEN_ALONE },
  // A 409 that is not HubSpot's own and names no record comes from a gateway, perhaps for everybody.
  {
    when: (error) => error.status === 409 && !error.isHubSpotsOwn && existingIdIn(error.body) === null,
    type: 'HubSpotUnavailable',
    rejects: WHEN_ALONE,
  },
  // HubSpot says that the address is taken, but no readable contact has it: a merge or a deletion is in progress.
  {
    when: isConflict,
    type: 'HubSpotConflict',
    rejects: { explain: () => explanations.conflictWithoutContact(), after: { afterAttempts: 8 } },
  },
  { when: rejectsData, type: 'HubSpotInvalid', rejects: { explain: explainRejectedData, after: 'at-once' } },
  {
    when: () => true,
    type: 'HubSpotUnexplained',
    rejects: { explain: () => explain('hubspot-unexplained'), after: { afterMs: DAY_MS } },
  },
]

function lacksSetup(error: HubSpotError): boolean {
  const isLacking = ({ name, code }: { name: string; code: string }) =>
    name.startsWith('onramp_') && code === 'PROPERTY_DOESNT_EXIST'
  return isInvalid(error) && error.rejectedProperties.some(isLacking)
}

function rejectsData(error: HubSpotError): boolean {
  return error.status === 400 && (error.category === 'VALIDATION_ERROR' || error.rejectedProperties.length > 0)
}

/** The types of failure that all calls have during an outage. A limit, a token and a missing setup are no outage. */
const UNAVAILABLE = ['HubSpotUnavailable', 'HubSpotUnreachable']

function answeredBy({ status, finding }: HubSpotError): AnsweredBy | null {
  if (finding === 'quota-short' || finding === 'daily-limit' || finding === 'not-sent') return 'onramp'
  return status === null ? null : 'hubspot'
}

function explainRejectedData({ rejectedProperties }: HubSpotError, fieldOf: FieldOf): Explanation {
  const named = rejectedProperties.map(({ name, code }) => ({ name, code, field: fieldOf(name) ?? null }))
  return named.length === 0 ? explain('refused-by-hubspot') : explanations.propertiesRejected(named)
}

/**
 * The error in the port's terms: a failure, which is retried at the pace that HubSpot asks for, or a rejection. Either names
 * status, category, codes and fields, but never a value, an address or a header (G11).
 *
 * @param fieldOf the product's name of a property, for what an operator reads
 * @param random from 0 to 1, for the jitter of the pause
 */
export function failureOf(
  error: HubSpotError,
  { fieldOf, random }: { fieldOf: FieldOf; random: () => number },
): CrmFailure | CrmRejection {
  // The last rule matches everything.
  const rule = ERROR_TABLE.find(({ when }) => when(error)) as ErrorRule
  const { status, category, correlationId, rejectedProperties } = error
  const named = rejectedProperties.map(({ name, code }) => `${name} ${code}`)
  const summary = [error.message, category, ...named].filter(Boolean).join(', ')

  const fields = rejectedProperties.map(({ name }) => fieldOf(name) ?? name)
  const { explain: explanation, after } = rule.rejects ?? {}
  const rejection = explanation
    ? { ...explanation(error, fieldOf), fields, codes: codesOf(error), correlationId }
    : null
  if (rejection && after === 'at-once') return new CrmRejection(rejection, summary)

  return new CrmFailure(summary, {
    type: rule.type,
    retryAfterMs: pauseMsOf(error, rule, random),
    retryLimit: rejection && { ...(after as RejectAfter), rejection },
    details: { answeredBy: answeredBy(error), status, category, correlationId },
    isUnanswered: error.isUnanswered,
    isUnavailable: UNAVAILABLE.includes(rule.type),
  })
}

/** The codes of the rejected properties, each once. A response that names no property has only its category. */
function codesOf({ rejectedProperties, category }: HubSpotError): string[] {
  const codes = rejectedProperties.map(({ code }) => code)
  return [...new Set(codes.length > 0 ? codes : [category].filter((each) => each !== null))]
}

/**
 * The pause before the next attempt; `null` leaves it to the retry policy. Up to a fifth is added, so that customers who failed
 * together do not come back together. Nothing is taken away: HubSpot asks for the whole pause. The growing pauses of Temporal's
 * retry policy have no jitter.
 */
function pauseMsOf(error: HubSpotError, rule: ErrorRule, random: () => number): number | null {
  const pause = error.retryAfterSeconds ?? rule.pauseSeconds?.(error)
  if (pause === undefined) return null
  return Math.round(Math.min(pause, rule.maxPauseSeconds ?? MAX_PAUSE_SECONDS) * 1000 * (1 + JITTER * random()))
}
