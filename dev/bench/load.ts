// Generates load. It signs the registrations before the measurement, and then sends them over many connections.

import { randomUUID } from 'node:crypto'
import { Webhook } from 'standardwebhooks'
import { Pool } from 'undici'

export interface SignedEvent {
  headers: Record<string, string>
  body: string
}

/** The response to one event. `status` is 0 when the connection failed. */
export interface TimedResponse {
  status: number
  tookMs: number
}

/** Signed registrations of `count` new customers. */
export function signedRegistrations(count: number, webhookSecret: string): SignedEvent[] {
  const webhook = new Webhook(webhookSecret)
  return Array.from({ length: count }, () => {
    const customerId = `cus_${randomUUID()}`
    const sentAt = new Date()
    const body = JSON.stringify({
      type: 'customer.registered',
      timestamp: sentAt.toISOString(),
      data: {
        customerId,
        email: `${customerId}@people.example`,
        firstName: 'Ada',
        lastName: 'Lovelace',
        phone: '+44 20 7946 0000',
        company: { id: `org_${customerId}`, name: 'Analytical Engines' },
      },
    })
    const eventId = `evt_${customerId}`
    const headers = {
      'content-type': 'application/json',
      'webhook-id': eventId,
      'webhook-timestamp': String(Math.floor(sentAt.getTime() / 1000)),
      'webhook-signature': webhook.sign(eventId, sentAt, body),
    }
    return { headers, body }
  })
}

/** Sends the events as fast as the API answers, one at a time on each connection. */
export async function sendAtOnce(url: string, events: SignedEvent[], connections: number): Promise<TimedResponse[]> {
  const pool = poolOf(url, connections)
  const queue = events.values()
  const responses: TimedResponse[] = []
  await Promise.all(
    Array.from({ length: connections }, async () => {
      for (const event of queue) responses.push(await post(pool, url, event))
    }),
  )
  await pool.close()
  return responses
}

/** Sends the events at a constant rate, without waiting for responses. */
export async function sendAtPace(url: string, events: SignedEvent[], perSecond: number): Promise<TimedResponse[]> {
  const pool = poolOf(url, 50)
  const startedAt = performance.now()
  const responses = await Promise.all(
    events.map(async (event, index) => {
      const dueAt = startedAt + (index * 1000) / perSecond
      await new Promise((resolve) => setTimeout(resolve, Math.max(0, dueAt - performance.now())))
      return await post(pool, url, event)
    }),
  )
  await pool.close()
  return responses
}

function poolOf(url: string, connections: number): Pool {
  return new Pool(new URL(url).origin, { connections, pipelining: 1 })
}

async function post(pool: Pool, url: string, { headers, body }: SignedEvent): Promise<TimedResponse> {
  const startedAt = performance.now()
  const { pathname } = new URL(url)
  try {
    const response = await pool.request({ method: 'POST', path: pathname, headers, body })
    await response.body.dump()
    return { status: response.statusCode, tookMs: performance.now() - startedAt }
  } catch {
    return { status: 0, tookMs: performance.now() - startedAt }
  }
}
