// The scheduler and the transport share this about a call that was sent: its cancellation, and the limits in HubSpot's answer.

import { AsyncLocalStorage } from 'node:async_hooks'

export interface Sending {
  /** Cancels the request. A request for several callers has no signal: one caller must not cancel the others' calls. */
  signal: AbortSignal | undefined
  /** The transport sends a request. A call that the circuit breaker stops sends none, and uses no quota. */
  onRequest(): void
  /** Each response, also an error, carries HubSpot's limit headers. The names are in lower case. */
  onResponse(status: number, headers: Record<string, string>): void
}

/** The SDK's generated classes stand between a call and the transport, and pass no options through. */
export const sendings = new AsyncLocalStorage<Sending>()
