// A circuit breaker for a rejected token: it stops all calls after one rejection, and lets one call at a time probe.

import { isUnauthorized, provesTokenValid } from './errors.ts'
import { HubSpotError } from './hubspot-error.ts'

export interface CircuitBreakerOptions {
  /** Seconds between a rejection and the next probe. */
  probeSeconds: number
  /** Called once when the circuit opens, and once when it closes again. */
  onChange: (isOpen: boolean) => void
}

/** Without it every waiting customer would send calls that HubSpot rejects; with it a revoked token parks nobody (G9). */
export class CircuitBreaker {
  readonly #options: CircuitBreakerOptions
  #nextProbeAt: number | null = null

  constructor(options: CircuitBreakerOptions) {
    this.#options = options
  }

  /** Whether calls are stopped. */
  get isOpen(): boolean {
    return this.#nextProbeAt !== null
  }

  /** @throws HubSpotError what the call throws; while the circuit is open, one that asks for a pause until the next probe */
  async run<T>(call: () => Promise<T>): Promise<T> {
    const isProbe = this.isOpen
    if (this.#nextProbeAt !== null) {
      if (Date.now() < this.#nextProbeAt) throw HubSpotError.unauthorized(this.#options.probeSeconds)
      // Other calls wait for the outcome of this probe.
      this.#nextProbeAt = this.#probeAfterPause()
    }
    try {
      const result = await call()
      if (isProbe) this.#close()
      return result
    } catch (error) {
      if (!(error instanceof HubSpotError)) throw error
      if (isUnauthorized(error)) {
        this.#open()
        throw HubSpotError.unauthorized(this.#options.probeSeconds, error)
      }
      if (isProbe && provesTokenValid(error)) this.#close()
      throw error
    }
  }

  #open(): void {
    const wasOpen = this.isOpen
    this.#nextProbeAt = this.#probeAfterPause()
    if (!wasOpen) this.#options.onChange(true)
  }

  #close(): void {
    if (!this.isOpen) return
    this.#nextProbeAt = null
    this.#options.onChange(false)
  }

  #probeAfterPause(): number {
    return Date.now() + this.#options.probeSeconds * 1000
  }
}
