// The circuit breaker for a rejected token. It stops all calls after one rejection; then a neutral call probes from time to time.

import type { CrmState } from '../../domain/crm-state.ts'
import { isUnauthorized } from './errors.ts'
import { HubSpotError } from './hubspot-error.ts'
import { hasAnswered } from './neutral-call.ts'
import type { NeutralCall, NeutralOutcome } from './neutral-call.ts'

export interface CircuitBreakerOptions {
  /** Seconds between a rejection and the next probe. */
  probeSeconds: number
  /** Called once when the circuit opens, and once when it closes again. */
  onChange: (isOpen: boolean) => void
}

/** While a token is revoked, waiting customers send no calls that HubSpot would reject, and nobody is parked (G9). */
export class CircuitBreaker {
  readonly #options: CircuitBreakerOptions
  readonly #neutralCall: NeutralCall
  #nextProbeAt: number | null = null
  #changedAt = Date.now()

  constructor(options: CircuitBreakerOptions, neutralCall: NeutralCall) {
    this.#options = options
    this.#neutralCall = neutralCall
  }

  /** `since` is the start of the process until the circuit changes for the first time. */
  state(): CrmState['circuit'] {
    return { state: this.isOpen ? 'open' : 'closed', since: new Date(this.#changedAt).toISOString() }
  }

  /** Whether calls are stopped. */
  get isOpen(): boolean {
    return this.#nextProbeAt !== null
  }

  /** @throws HubSpotError the error of the call; while the circuit is open, an error that asks for a pause until the next probe */
  async run<T>(call: () => Promise<T>): Promise<T> {
    if (this.#nextProbeAt !== null) await this.#probeWhenDue(this.#nextProbeAt)
    try {
      return await call()
    } catch (error) {
      throw error instanceof HubSpotError && isUnauthorized(error) ? this.open(error) : error
    }
  }

  /** Opens the circuit. Returns the error of the call, with the pause until the next probe. */
  open(error: HubSpotError): HubSpotError {
    const wasOpen = this.isOpen
    this.#nextProbeAt = this.#probeAfterPause()
    if (!wasOpen) this.#changed()
    return error.found('token-rejected', this.#options.probeSeconds)
  }

  /**
   * Closes an open circuit when HubSpot accepts the token. The probe is no customer's call: a call that HubSpot rejects for one
   * customer must not keep the circuit open for all.
   */
  async probe(): Promise<NeutralOutcome> {
    const wasOpen = this.isOpen
    // Other calls wait for the outcome of this probe.
    if (wasOpen) this.#nextProbeAt = this.#probeAfterPause()
    const outcome = await this.#neutralCall()
    if (wasOpen && hasAnswered(outcome)) this.#close()
    return outcome
  }

  async #probeWhenDue(nextProbeAt: number): Promise<void> {
    if (performance.now() >= nextProbeAt && hasAnswered(await this.probe())) return
    const { probeSeconds } = this.#options
    throw HubSpotError.notSent(401, 'HubSpot rejects the token', {
      finding: 'token-rejected',
      pauseSeconds: probeSeconds,
    })
  }

  #close(): void {
    if (!this.isOpen) return
    this.#nextProbeAt = null
    this.#changed()
  }

  #changed(): void {
    this.#changedAt = Date.now()
    this.#options.onChange(this.isOpen)
  }

  #probeAfterPause(): number {
    return performance.now() + this.#options.probeSeconds * 1000
  }
}
