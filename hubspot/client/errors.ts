// Reads HubSpot's error responses. Only this file and error-table.ts decide what an error status means.

import type { LimitPolicy } from '../../domain/crm-state.ts'
import { ownerOfTakenValueIn } from './conflict.ts'
import { HubSpotError } from './hubspot-error.ts'
import type { Finding } from './hubspot-error.ts'

/**
 * HubSpot has no such record, or the record was deleted. Any other 404 comes from a gateway, a proxy or a wrong address, and says
 * nothing about records.
 */
export function isMissing(error: HubSpotError): boolean {
  return error.status === 404 && error.isHubSpotsOwn && error.finding === null
}

/** The result of a read; `null` when HubSpot has no such record. */
export async function nullIfMissing<T>(find: () => Promise<T>): Promise<T | null> {
  return await nullIf(isMissing, find)
}

/** The result of a call; `null` when the address has no such endpoint, which happens behind a proxy. */
export async function nullIfNotServed<T>(call: () => Promise<T>): Promise<T | null> {
  return await nullIf(({ status }) => status === 404, call)
}

async function nullIf<T>(matches: (error: HubSpotError) => boolean, call: () => Promise<T>): Promise<T | null> {
  try {
    return await call()
  } catch (error) {
    if (error instanceof HubSpotError && matches(error)) return null
    throw error
  }
}

/** Another record has the e-mail address or the value of a unique property. For the latter, HubSpot answers 400 and free text. */
export function isConflict(error: HubSpotError): boolean {
  return error.status === 409 || isTakenUniqueValue(error)
}

/** A 400 that names a property as invalid is none: it quotes the customer's value, which may hold the same words. */
export function isTakenUniqueValue(error: HubSpotError): boolean {
  return error.status === 400 && ownerOfTakenValueIn(error.body) !== null
}

/** HubSpot rejects single values and names their properties, so that the rest can be written without them. */
export function isInvalid(error: HubSpotError): boolean {
  return error.status === 400 && !isTakenUniqueValue(error)
}

/** HubSpot rejects the token. Further calls would fail as well. */
export function isUnauthorized(error: HubSpotError): boolean {
  return error.status === 401
}

/** The token is valid, but not for this call. The permission may be missing for this record alone (forbidden-calls.ts). */
export function isForbidden(error: HubSpotError): boolean {
  return error.status === 403 && error.finding === null
}

/** The neutral call concerns no record, so its 403 concerns the token. */
export function isTokenRejection(error: HubSpotError): boolean {
  return isUnauthorized(error) || isForbidden(error)
}

// Responses of 4xx that HubSpot sends before it looks at the request: time-out, lock, limit, move of the portal.
const SAYS_NOTHING = [408, 423, 429, 477]

const UNSENT: readonly (Finding | null)[] = ['quota-short', 'daily-limit', 'not-sent']

/** HubSpot may have executed the call, or may execute it later: no response came, or a gateway in front has given up waiting. */
export function mayBeExecuted({ status, finding }: HubSpotError): boolean {
  if (UNSENT.includes(finding)) return false
  return status === null || [502, 504, 524].includes(status)
}

/** The limit that a 429 is about; `null` for any other error. HubSpot has not executed the call. */
export function limitOf({ status, category, policy }: HubSpotError): LimitPolicy | null {
  if (status !== 429 && category !== 'RATE_LIMITS') return null
  if (policy === 'DAILY') return 'day'
  return policy === 'SECONDLY' ? 'second' : 'ten-seconds'
}

/**
 * A response to many rows together that may be about one of them: its data, its record, or the size of all. HubSpot has executed
 * none of them. A lock or a rejected token concerns all.
 */
export function mayConcernOneRow(error: HubSpotError): boolean {
  const { status, finding } = error
  if (status === null || status < 400 || status >= 500 || finding !== null) return false
  if (SAYS_NOTHING.includes(status) || isUnauthorized(error)) return false
  // A gateway without a route answers 404 for every request.
  return status !== 404 || error.isHubSpotsOwn
}

/**
 * HubSpot's servers have failed, or have not answered in time. Of many rows together, one may have caused it; or HubSpot is
 * unavailable for all.
 */
export function isUnavailable({ status, finding }: HubSpotError): boolean {
  return finding === null && (status === null || status === 408 || status >= 500)
}

/** HubSpot has read the request, so the token is valid. A 5xx says nothing about the token. */
export function provesTokenValid(error: HubSpotError): boolean {
  const { status } = error
  return status !== null && status >= 400 && status < 500 && !SAYS_NOTHING.includes(status) && !isTokenRejection(error)
}
