// The product's outbox: sends each event until it is accepted, under the same id every time.

import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { signedRequest } from './sender.ts'
import type { SentEvent } from './sender.ts'

const AT_A_TIME = 16

/** What became of all events together. */
export interface Deliveries {
  accepted: number
  /** Answered 503. */
  turnedAway: number
  /** Not answered at all. */
  unanswered: number
  /** Any other answer, which ends an event's delivery. */
  refused: number[]
}

/** Sends them in their order, some at a time; `onAccepted` hears of each that is, with how many are so far. */
export async function deliver(
  url: string,
  events: SentEvent[],
  onAccepted: (count: number) => void,
): Promise<Deliveries> {
  const deliveries: Deliveries = { accepted: 0, turnedAway: 0, unanswered: 0, refused: [] }
  const waiting = events.values()
  const deliverOne = async (event: SentEvent) => {
    const id = `evt_${randomUUID()}`
    const body = JSON.stringify({ timestamp: new Date().toISOString(), ...event })
    for (;;) {
      const { headers } = signedRequest(body, { id })
      const answer = await fetch(`${url}/webhooks/customers`, { method: 'POST', headers, body }).catch(() => null)
      await answer?.arrayBuffer().catch(() => {})
      if (answer?.status === 202) return onAccepted((deliveries.accepted += 1))
      if (answer !== null && answer.status !== 503) return void deliveries.refused.push(answer.status)
      if (answer === null) deliveries.unanswered += 1
      else deliveries.turnedAway += 1
      await sleep(Number(answer?.headers.get('retry-after') ?? 1) * 1000)
    }
  }
  await Promise.all(
    Array.from({ length: AT_A_TIME }, async () => {
      for (const event of waiting) await deliverOne(event)
    }),
  )
  return deliveries
}
