// Access tokens that the OAuth endpoint gave out: each lives for a while, its refresh token until it is revoked.

import { randomBytes } from 'node:crypto'
import type { Clock } from './clock.ts'
import type { EmulatorSettings } from './settings.ts'

export interface Grant {
  accessToken: string
  refreshToken: string
  expiresInSeconds: number
}

// A client that refreshes in a loop must not fill the memory.
const MOST_TOKENS = 10_000

export class OAuthGrants {
  readonly #clock: Clock
  readonly #settings: () => EmulatorSettings
  /** Access token → what is known about it. */
  readonly #tokens = new Map<string, { refreshToken: string; expiresAt: number }>()
  readonly #revoked = new Set<string>()

  constructor(clock: Clock, settings: () => EmulatorSettings) {
    this.#clock = clock
    this.#settings = settings
  }

  /** A code of an installation, whatever it is, opens the portal: nobody can install an app in the emulator. */
  install(): Grant {
    return this.#issue(`emu-refresh-${randomBytes(18).toString('base64url')}`)
  }

  /** Any refresh token is taken that nobody has revoked; HubSpot gives the same one back [C]. Null: it was revoked. */
  refresh(refreshToken: string): Grant | null {
    return this.#revoked.has(refreshToken) ? null : this.#issue(refreshToken)
  }

  /** Milliseconds since the epoch; undefined for a token that is not of this endpoint. */
  expiryOf(accessToken: string): number | undefined {
    return this.#tokens.get(accessToken)?.expiresAt
  }

  /** Access tokens that are out stay good until they expire [I]. */
  revoke(refreshToken: string): void {
    this.#revoked.add(refreshToken)
  }

  clear(): void {
    this.#tokens.clear()
    this.#revoked.clear()
  }

  #issue(refreshToken: string): Grant {
    const expiresInSeconds = this.#settings().accessTokenSeconds
    // [C] HubSpot's tokens have up to 300 characters, so a field that is too short for them shows.
    const accessToken = `emu-access-${randomBytes(200).toString('base64url')}`.slice(0, 270)
    if (this.#tokens.size >= MOST_TOKENS) this.#tokens.delete(this.#tokens.keys().next().value!)
    this.#tokens.set(accessToken, { refreshToken, expiresAt: this.#clock.now() + expiresInSeconds * 1000 })
    return { accessToken, refreshToken, expiresInSeconds }
  }
}
