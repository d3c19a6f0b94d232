// Requests as the product and operators send them: signed events, reads and commands.

import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Hono } from 'hono'
import { Webhook } from 'standardwebhooks'

export const WEBHOOK_SECRET = 'whsec_b25yYW1wLXRlc3Qtc2VjcmV0LW9mLTMyLWJ5dGVzISE='
export const OPERATOR_TOKEN = 'operator-token-of-the-tests'
export const READ_TOKEN = 'read-token-of-the-tests'

export interface SentEvent {
  type: string
  timestamp?: string
  data: Record<string, unknown>
}

/** A request with a valid signature. `headers` replace its headers; `undefined` removes one. */
export function signedRequest(
  body: string | Uint8Array<ArrayBuffer>,
  options: { id?: string; secret?: string; at?: Date; headers?: Record<string, string | undefined> } = {},
): Request {
  const { id = `evt_${randomUUID()}`, secret = WEBHOOK_SECRET, at = new Date() } = options
  const headers: Record<string, string | undefined> = {
    'content-type': 'application/json',
    'webhook-id': id,
    'webhook-timestamp': String(Math.floor(at.getTime() / 1000)),
    'webhook-signature': new Webhook(secret).sign(id, at, Buffer.from(body)),
    ...options.headers,
  }
  const present = Object.entries(headers).filter((entry): entry is [string, string] => entry[1] !== undefined)
  return new Request('http://onramp.test/webhooks/customers', { method: 'POST', headers: present, body })
}

/** Sends an event and returns the API's response. */
export async function send(app: Hono, event: SentEvent, id?: string): Promise<Response> {
  const body = JSON.stringify({ timestamp: new Date().toISOString(), ...event })
  return await app.request(signedRequest(body, { ...(id !== undefined && { id }) }))
}

/** Sends an event until it is accepted. A busy machine answers 503 in between, and the product repeats the event with the same id. */
export async function sendUntilAccepted(app: Hono, event: SentEvent, id = `evt_${randomUUID()}`): Promise<void> {
  const repeated = { timestamp: new Date().toISOString(), ...event }
  for (;;) {
    const { status, headers } = await send(app, repeated, id)
    if (status === 202) return
    if (status !== 503) throw new Error(`The API answered ${status} to ${event.type}.`)
    await sleep(Number(headers.get('retry-after') ?? 1) * 1000)
  }
}

/** Sends an operator's command. */
export async function sendCommand(app: Hono, method: string, path: string, token = OPERATOR_TOKEN): Promise<Response> {
  return await app.request(path, { method, headers: { authorization: `Bearer ${token}` } })
}

/** Sends an operator's GET. */
export async function ask(app: Hono, path: string, token: string | null = OPERATOR_TOKEN): Promise<Response> {
  return await app.request(path, { headers: token === null ? {} : { authorization: `Bearer ${token}` } })
}
