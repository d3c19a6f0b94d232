// Verifies the product's signature (Standard Webhooks) over the body exactly as it arrived.

import type { MiddlewareHandler } from 'hono'
import { Webhook, WebhookVerificationError } from 'standardwebhooks'
import { ID_LIMIT, isPlainId } from '../../domain/limits.ts'
import { bodyText } from './json-body.ts'
import { Problem } from '../problems/problem.ts'
import { unsigned } from '../problems/unsigned.ts'
import type { UnsignedCause } from '../problems/unsigned.ts'

/** A variable for the log: the text of a body of any sender. */
export interface ReceivedBody {
  Variables: { receivedText?: string }
}

/** Variables for the route: the text of the body and the id of the event. */
export interface SignedWebhook {
  Variables: ReceivedBody['Variables'] & { webhook: { id: string; text: string } }
}

/**
 * Accepts a signature with any of the secrets, so that secrets can rotate. The library rejects a timestamp that is more than
 * five minutes off.
 *
 * @throws Problem 400 `webhook-id` or `not-json` (a body that is not UTF-8), 401 `unsigned` for any fault of the signature
 */
export function webhookSignature(secrets: string[]): MiddlewareHandler<SignedWebhook> {
  const webhooks = secrets.map((secret) => new Webhook(secret))

  return async function verifySignature(c, next) {
    const headers = standardHeaders((name) => c.req.header(name))
    const id = headers['webhook-id']
    if (id !== undefined && !isEventId(id)) {
      throw new Problem('webhook-id')
    }
    // The library verifies text, not bytes.
    const text = await bodyText(c)
    c.set('receivedText', text)
    const cause = rejectionCause(webhooks, text, headers)
    if (id === undefined || cause !== null) throw unsigned(cause ?? 'incomplete', headers)
    c.set('webhook', { id, text })
    await next()
  }
}

/**
 * The three headers of Standard Webhooks. The standard comes from Svix, and Svix still sends the headers as `svix-…` by
 * default. The signature covers the same text under both names.
 */
export function standardHeaders(header: (name: string) => string | undefined): Record<string, string> {
  const named = ['id', 'timestamp', 'signature'].map((name) => [
    `webhook-${name}`,
    header(`webhook-${name}`) ?? header(`svix-${name}`),
  ])
  return Object.fromEntries(named.filter(([, value]) => value !== undefined))
}

/** True for a valid event id. The onboarding accepts every such id (workflows/customer/signal-payload.ts). */
function isEventId(id: string): boolean {
  return id.length > 0 && id.length <= ID_LIMIT && isPlainId(id)
}

/** Returns the cause of a rejected signature; `null` when the signature matches a secret. */
function rejectionCause(webhooks: Webhook[], text: string, headers: Record<string, string>): UnsignedCause | null {
  // Every secret is tried, so that the response time does not reveal which one matches.
  const causes = webhooks.map((webhook) => causeBy(webhook, text, headers))
  return causes.includes(null) ? null : (causes[0] ?? 'no-match')
}

function causeBy(webhook: Webhook, text: string, headers: Record<string, string>): UnsignedCause | null {
  try {
    webhook.verify(text, headers, { jsonParse: false })
    return null
  } catch (error) {
    if (!(error instanceof WebhookVerificationError)) throw error
    return CAUSES[error.message] ?? 'incomplete'
  }
}

// The library distinguishes these errors only by their messages.
const CAUSES: { [message: string]: UnsignedCause } = {
  'Message timestamp too old': 'too-old',
  'Message timestamp too new': 'too-new',
  'No matching signature found': 'no-match',
}
