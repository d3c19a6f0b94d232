// Who is calling, and whether they may: bearers, their scopes, and the tokens of the OAuth endpoint.

import type { IncomingHttpHeaders } from 'node:http'
import type { Clock } from './clock.ts'
import { OAuthGrants } from './oauth-grants.ts'
import type { Caller } from './quota.ts'
import { credentialsNotFound, missingScopes } from './refusal-by-status.ts'
import { Refusal } from './refusal.ts'
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

  /** Throws HubSpot's 401. */
  callerOf(headers: IncomingHttpHeaders): Caller {
    const token = bearerOf(headers)
    const { auth, acceptedTokens } = this.#settings()
    const now = this.#clock.now()
    if (token === null || auth === 'invalid') throw credentialsNotFound()
    // Some moment that is past: which one does not matter, but the recorded answer names it.
    if (auth === 'expired') throw expired(now - 75_000, now)
    const expiresAt = this.grants.expiryOf(token)
    if (expiresAt !== undefined && expiresAt <= now) throw expired(expiresAt, now)
    // [R] A token that HubSpot never gave out reads as one that expired in 1970.
    if (expiresAt === undefined && acceptedTokens !== null && !acceptedTokens.includes(token)) throw expired(0, now)
    return { token, isOAuthApp: expiresAt !== undefined }
  }

  /** Throws HubSpot's 403 when one of the scopes was not granted. */
  refuseUnlessGranted(scopes: readonly string[]): void {
    const { grantedScopes } = this.#settings()
    if (grantedScopes === null) return
    const lacking = scopes.filter((scope) => !grantedScopes.includes(scope))
    if (lacking.length > 0) throw missingScopes(lacking)
  }
}

function bearerOf({ authorization }: IncomingHttpHeaders): string | null {
  return /^Bearer\s+(\S+)\s*$/i.exec(authorization ?? '')?.[1] ?? null
}

/** [R] */
function expired(at: number, now: number): Refusal {
  return new Refusal(401, {
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
