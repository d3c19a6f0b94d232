// Generates load. It signs the registrations before the measurement, and then sends them over many connections.

import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { Webhook } from 'standardwebhooks'
import { Pool } from 'undici'

export interface SignedEvent {
  customerId: string
  headers: Record<string, string>
  body: string
}

/** The response to one event. Times are milliseconds since 1970. */
export interface TimedResponse {
  customerId: string
  /** Status of the last attempt; 0 when the connection failed. */
  status: number
  /** When the first attempt was sent. */
  sentAt: number
  /** When the last attempt was answered. */
  answeredAt: number
  /** How long the last attempt took. */
  tookMs: number
  /** Attempts that were not answered 202. */
  rejections: number
}

export interface SendOptions {
  /** Sends a rejected event again until it is accepted, as a product does. */
  rejected: 'send-again' | 'leave'
}

const SEND_AGAIN_AFTER_MS = 250
const GIVE_UP_AFTER_MS = 120_000
// No row stops an API, so an API that does not answer has failed.
const UNREACHABLE_AFTER_MS = 10_000
const CONNECTIONS_AT_PACE = 50

/** Signed registrations of `count` new customers, each with a company of its own. */
export function signedRegistrations(options: {
  count: number
  webhookSecret: string
  domains: 'with-domains' | 'without-domains'
}): SignedEvent[] {
  const webhook = new Webhook(options.webhookSecret)
  return Array.from({ length: options.count }, () => {
    const customerId = `cus_${randomUUID()}`
    const sentAt = new Date()
    const domain = options.domains === 'with-domains' ? { domain: `${customerId.replace('_', '-')}.example` } : {}
    const body = JSON.stringify({
      type: 'customer.registered',
      timestamp: sentAt.toISOString(),
      data: {
        customerId,
        email: emailOf(customerId),
        firstName: 'Ada',
        lastName: 'Lovelace',
        phone: '+44 20 7946 0000',
        company: { id: `org_${customerId}`, name: companyNameOf(customerId), ...domain },
      },
    })
    const eventId = `evt_${customerId}`
    const headers = {
      'content-type': 'application/json',
      'webhook-id': eventId,
      'webhook-timestamp': String(Math.floor(sentAt.getTime() / 1000)),
      'webhook-signature': webhook.sign(eventId, sentAt, body),
    }
    return { customerId, headers, body }
  })
}

export function emailOf(customerId: string): string {
  return `${customerId}@people.example`
}

/** The name is unique, since the naive app has no other key of a company. */
export function companyNameOf(customerId: string): string {
  return `Company of ${customerId}`
}

/** Sends the events as fast as the API answers, one at a time on each connection. */
export async function sendAtOnce(
  url: string,
  events: SignedEvent[],
  options: SendOptions & { connections: number },
): Promise<TimedResponse[]> {
  const pool = poolOf(url, options.connections)
  const queue = events.values()
  const responses: TimedResponse[] = []
  await Promise.all(
    Array.from({ length: options.connections }, async () => {
      for (const event of queue) responses.push(await send(pool, url, event, options))
    }),
  )
  await pool.close()
  return responses
}

/** Sends the events at a constant rate, without waiting for responses. */
export async function sendAtPace(
  url: string,
  events: SignedEvent[],
  options: SendOptions & { perSecond: number },
): Promise<TimedResponse[]> {
  const pool = poolOf(url, CONNECTIONS_AT_PACE)
  const startedAt = performance.now()
  const responses = await Promise.all(
    events.map(async (event, index) => {
      const dueAt = startedAt + (index * 1000) / options.perSecond
      await sleep(Math.max(0, dueAt - performance.now()))
      return await send(pool, url, event, options)
    }),
  )
  await pool.close()
  return responses
}

function poolOf(url: string, connections: number): Pool {
  return new Pool(new URL(url).origin, { connections, pipelining: 1 })
}

async function send(pool: Pool, url: string, event: SignedEvent, { rejected }: SendOptions): Promise<TimedResponse> {
  const sentAt = now()
  for (let rejections = 0; ; rejections += 1) {
    const attemptAt = now()
    const status = await post(pool, url, event)
    const answeredAt = now()
    const response = { customerId: event.customerId, status, sentAt, answeredAt, tookMs: answeredAt - attemptAt }
    if (status === 202) return { ...response, rejections }
    const patienceMs = status === 0 ? UNREACHABLE_AFTER_MS : GIVE_UP_AFTER_MS
    if (rejected === 'leave' || answeredAt - sentAt > patienceMs) return { ...response, rejections: rejections + 1 }
    await sleep(SEND_AGAIN_AFTER_MS)
  }
}

async function post(pool: Pool, url: string, { headers, body }: SignedEvent): Promise<number> {
  try {
    const response = await pool.request({ method: 'POST', path: new URL(url).pathname, headers, body })
    await response.body.dump()
    return response.statusCode
  } catch {
    return 0
  }
}

function now(): number {
  return performance.timeOrigin + performance.now()
}
