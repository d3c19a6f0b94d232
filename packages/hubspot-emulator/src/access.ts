// Checks the caller and the caller's rights: bearer tokens, scopes, and the tokens of the OAuth endpoint.

import type { IncomingHttpHeaders } from 'node:http'
import type { Clock } from './clock.ts'
import { OAuthGrants } from './oauth-grants.ts'
import type { Caller } from './quota.ts'
import { credentialsNotFound, missingScopes } from './errors-by-status.ts'
import { ApiError } from './api-error.ts'
import type { EmulatorSettings } from './settings.ts'

export class Access {
  readonly grants: OAuthGrants
  readonly #clock: Clock
  readonly #settings: () => EmulatorSettings

  constructor(clock: Clock, settings: () => EmulatorSettings) {
    this.grants = new OAuthGrants(clock, settings)
    this.#clock = clock
    this.#settings = settings
  }

  /** @throws ApiError HubSpot's 401 */
  callerOf(headers: IncomingHttpHeaders): Caller {
    const token = bearerOf(headers)
    const { auth, acceptedTokens } = this.#settings()
    const now = this.#clock.now()
    if (token === null || auth === 'invalid') throw credentialsNotFound()
    // Any time in the past works. HubSpot's recorded response contains such a time, so this one does too.
    if (auth === 'expired') throw expired(now - 75_000, now)
    const expiresAt = this.grants.expiryOf(token)
    if (expiresAt !== undefined && expiresAt <= now) throw expired(expiresAt, now)
    // [R] HubSpot reports a token that it never issued as expired in 1970.
    if (expiresAt === undefined && acceptedTokens !== null && !acceptedTokens.includes(token)) throw expired(0, now)
    return { token, isOAuthApp: expiresAt !== undefined }
  }

  /** @throws ApiError HubSpot's 403 when one of the scopes was not granted */
  requireScopes(scopes: readonly string[]): void {
    const { grantedScopes } = this.#settings()
    if (grantedScopes === null) return
    const missing = scopes.filter((scope) => !grantedScopes.includes(scope))
    if (missing.length > 0) throw missingScopes(missing)
  }
}

function bearerOf({ authorization }: IncomingHttpHeaders): string | null {
  return /^Bearer\s+(\S+)\s*$/i.exec(authorization ?? '')?.[1] ?? null
}

/** [R] */
function expired(at: number, now: number): ApiError {
  return new ApiError(401, {
    message: `The OAuth token used to make this call expired ${agoText(now - at)} ago.`,
    context: { 'expire time': [new Date(at).toISOString()] },
    category: 'EXPIRED_AUTHENTICATION',
  })
}

function agoText(ms: number): string {
  const seconds = Math.floor(ms / 1000)
  if (seconds < 120) return `${seconds} second(s)`
  if (seconds < 7200) return `${Math.floor(seconds / 60)} minute(s)`
  return seconds < 172_800 ? `${Math.floor(seconds / 3600)} hour(s)` : `${Math.floor(seconds / 86_400)} day(s)`
}
