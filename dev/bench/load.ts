// The product as a crowd: signed registrations, made beforehand so that signing takes no time of the measurement, and sent over many connections.

import { randomUUID } from 'node:crypto'
import { Webhook } from 'standardwebhooks'
import { Pool } from 'undici'

export interface SignedEvent {
  headers: Record<string, string>
  body: string
}

/** What came back for one event. `status` 0 stands for a connection that failed. */
export interface Answer {
  status: number
  tookMs: number
}

/** Registrations of as many new customers. */
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

/** Sends them as fast as they are answered, each connection one at a time. */
export async function sendAtOnce(url: string, events: SignedEvent[], connections: number): Promise<Answer[]> {
  const pool = poolOf(url, connections)
  const waiting = events.values()
  const answers: Answer[] = []
  await Promise.all(
    Array.from({ length: connections }, async () => {
      for (const event of waiting) answers.push(await post(pool, url, event))
    }),
  )
  await pool.close()
  return answers
}

/** Sends so many a second, whether or not the ones before are answered. */
export async function sendAtPace(url: string, events: SignedEvent[], perSecond: number): Promise<Answer[]> {
  const pool = poolOf(url, 50)
  const begun = performance.now()
  const answers = await Promise.all(
    events.map(async (event, index) => {
      const dueAt = begun + (index * 1000) / perSecond
      await new Promise((resolve) => setTimeout(resolve, Math.max(0, dueAt - performance.now())))
      return await post(pool, url, event)
    }),
  )
  await pool.close()
  return answers
}

function poolOf(url: string, connections: number): Pool {
  return new Pool(new URL(url).origin, { connections, pipelining: 1 })
}

async function post(pool: Pool, url: string, { headers, body }: SignedEvent): Promise<Answer> {
  const begun = performance.now()
  const { pathname } = new URL(url)
  try {
    const answer = await pool.request({ method: 'POST', path: pathname, headers, body })
    await answer.body.dump()
    return { status: answer.statusCode, tookMs: performance.now() - begun }
  } catch {
    return { status: 0, tookMs: performance.now() - begun }
  }
}
