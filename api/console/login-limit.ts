// Limits how often one address may fail to log in.

import type { IncomingMessage } from 'node:http'
import type { Context } from 'hono'

const FAILURES = 10
const WITHIN_MS = 60_000
// About 100 kB of memory.
const MAX_ADDRESSES = 1_000

/**
 * Counts failed logins by the address of the connection. Behind a proxy all operators have one address, and wait together for at most
 * a minute. Sessions that have begun, and the operator API, do not wait.
 */
export class LoginLimit {
  readonly #failures = new Map<string, number[]>()

  /** Seconds until this address may try again; 0 when it may now. */
  secondsToWait(c: Context): number {
    const recent = this.#recent(addressOf(c))
    const [oldest = 0] = recent
    return recent.length < FAILURES ? 0 : Math.ceil((oldest + WITHIN_MS - Date.now()) / 1000)
  }

  failed(c: Context): void {
    const address = addressOf(c)
    const recent = [...this.#recent(address), Date.now()].slice(-FAILURES)
    this.#failures.delete(address)
    this.#failures.set(address, recent)
    const [oldest] = this.#failures.keys()
    if (this.#failures.size > MAX_ADDRESSES && oldest !== undefined) this.#failures.delete(oldest)
  }

  #recent(address: string): number[] {
    return (this.#failures.get(address) ?? []).filter((at) => at > Date.now() - WITHIN_MS)
  }
}

function addressOf(c: Context): string {
  const { incoming } = (c.env ?? {}) as { incoming?: IncomingMessage }
  return incoming?.socket.remoteAddress ?? 'unknown'
}
