// A refused token stops all traffic after one answer; one call at a time then tries whether it works again.

import { isLockedOut, provesLetIn } from './errors.ts'
import { HubSpotError } from './hubspot-error.ts'

export interface GateOptions {
  /** How long nobody calls before one call is let through as a probe. */
  probeSeconds: number
  /** Told when the gate closes and when it opens again; once each, however many calls wait. */
  onChange: (isClosed: boolean) => void
}

/**
 * Stands before every call to HubSpot. Without it each waiting customer would knock on a locked door by itself; with it,
 * a revoked token costs a handful of calls (those under way) and no customer (G9).
 */
export class Gate {
  readonly #options: GateOptions
  #nextProbeAt: number | null = null

  constructor(options: GateOptions) {
    this.#options = options
  }

  get isClosed(): boolean {
    return this.#nextProbeAt !== null
  }

  /** @throws HubSpotError that asks for a pause until the next probe; while the gate is closed without having called */
  async pass<T>(call: () => Promise<T>): Promise<T> {
    const isProbe = this.isClosed
    if (this.#nextProbeAt !== null) {
      if (Date.now() < this.#nextProbeAt) throw HubSpotError.lockedOut(this.#options.probeSeconds)
      // Whoever comes while the probe is under way waits for what it brings.
      this.#nextProbeAt = this.#probeAfterPause()
    }
    try {
      const result = await call()
      if (isProbe) this.#open()
      return result
    } catch (error) {
      if (!(error instanceof HubSpotError)) throw error
      if (isLockedOut(error)) {
        this.#close()
        throw HubSpotError.lockedOut(this.#options.probeSeconds, error)
      }
      if (isProbe && provesLetIn(error)) this.#open()
      throw error
    }
  }

  #close(): void {
    const wasClosed = this.isClosed
    this.#nextProbeAt = this.#probeAfterPause()
    if (!wasClosed) this.#options.onChange(true)
  }

  #open(): void {
    if (!this.isClosed) return
    this.#nextProbeAt = null
    this.#options.onChange(false)
  }

  #probeAfterPause(): number {
    return Date.now() + this.#options.probeSeconds * 1000
  }
}
