// The circuit breaker for a rejected token. It stops all calls after one rejection, and then sends one call at a time as a probe.

import { isUnauthorized, provesTokenValid } from './errors.ts'
import { HubSpotError } from './hubspot-error.ts'

export interface CircuitBreakerOptions {
  /** Seconds between a rejection and the next probe. */
  probeSeconds: number
  /** Called once when the circuit opens, and once when it closes again. */
  onChange: (isOpen: boolean) => void
}

/** While a token is revoked, waiting customers send no calls that HubSpot would reject, and nobody is parked (G9). */
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

  /** @throws HubSpotError the error of the call; while the circuit is open, an error that asks for a pause until the next probe */
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
