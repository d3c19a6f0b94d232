// The tokens that the OAuth endpoint issued. Access tokens expire; a refresh token is valid until it is revoked.

import { randomBytes } from 'node:crypto'
import type { Clock } from './clock.ts'
import type { EmulatorSettings } from './settings.ts'

export interface Grant {
  accessToken: string
  refreshToken: string
  expiresInSeconds: number
}

// Limits the memory that a client can fill when it refreshes in a loop.
const MAX_TOKENS = 10_000

export class OAuthGrants {
  readonly #clock: Clock
  readonly #settings: () => EmulatorSettings
  /** By access token. */
  readonly #tokens = new Map<string, { refreshToken: string; expiresAt: number }>()
  readonly #revoked = new Set<string>()

  constructor(clock: Clock, settings: () => EmulatorSettings) {
    this.#clock = clock
    this.#settings = settings
  }

  /** Exchanges any authorization code for tokens, since no app can be installed in the emulator. */
  install(): Grant {
    return this.#issue(`emu-refresh-${randomBytes(18).toString('base64url')}`)
  }

  /** Returns `null` for a revoked refresh token and accepts any other. HubSpot returns the same refresh token again [C]. */
  refresh(refreshToken: string): Grant | null {
    return this.#revoked.has(refreshToken) ? null : this.#issue(refreshToken)
  }

  /** The time of expiry in milliseconds since the epoch; `undefined` for a token that this endpoint did not issue. */
  expiryOf(accessToken: string): number | undefined {
    return this.#tokens.get(accessToken)?.expiresAt
  }

  /** Revokes the refresh token. Access tokens that were already issued stay valid until they expire [I]. */
  revoke(refreshToken: string): void {
    this.#revoked.add(refreshToken)
  }

  clear(): void {
    this.#tokens.clear()
    this.#revoked.clear()
  }

  #issue(refreshToken: string): Grant {
    const expiresInSeconds = this.#settings().accessTokenSeconds
    // [C] HubSpot's tokens have up to 300 characters. With such a long token, tests find a client's field that is too short.
    const accessToken = `emu-access-${randomBytes(200).toString('base64url')}`.slice(0, 270)
    if (this.#tokens.size >= MAX_TOKENS) this.#tokens.delete(this.#tokens.keys().next().value!)
    this.#tokens.set(accessToken, { refreshToken, expiresAt: this.#clock.now() + expiresInSeconds * 1000 })
    return { accessToken, refreshToken, expiresInSeconds }
  }
}
