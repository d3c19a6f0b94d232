// A sender like the product's outbox: repeats each event with the same id until the API accepts it.

import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { signedRequest } from './sender.ts'
import type { SentEvent } from './sender.ts'

const CONCURRENCY = 16

/** The responses to all events. */
export interface Deliveries {
  accepted: number
  /** Attempts that were answered 503. */
  unavailable: number
  /** Attempts without a response. */
  unanswered: number
  /** Any other status, which ends the delivery of an event. */
  rejected: number[]
}

/** Sends the events in their order, 16 at a time. `onAccepted` gets the number of accepted events after each one. */
export async function deliver(
  url: string,
  events: SentEvent[],
  onAccepted: (count: number) => void,
): Promise<Deliveries> {
  const deliveries: Deliveries = { accepted: 0, unavailable: 0, unanswered: 0, rejected: [] }
  const waiting = events.values()
  const deliverOne = async (event: SentEvent) => {
    const id = `evt_${randomUUID()}`
    const body = JSON.stringify({ timestamp: new Date().toISOString(), ...event })
    for (;;) {
      const { headers } = signedRequest(body, { id })
      const response = await fetch(`${url}/webhooks/customers`, { method: 'POST', headers, body }).catch(() => null)
      await response?.arrayBuffer().catch(() => {})
      if (response?.status === 202) return onAccepted((deliveries.accepted += 1))
      if (response !== null && response.status !== 503) return void deliveries.rejected.push(response.status)
      if (response === null) deliveries.unanswered += 1
      else deliveries.unavailable += 1
      await sleep(Number(response?.headers.get('retry-after') ?? 1) * 1000)
    }
  }
  await Promise.all(
    Array.from({ length: CONCURRENCY }, async () => {
      for (const event of waiting) await deliverOne(event)
    }),
  )
  return deliveries
}
