// Verifies the product's signature (Standard Webhooks) over the body exactly as it arrived.

import type { MiddlewareHandler } from 'hono'
import { Webhook, WebhookVerificationError } from 'standardwebhooks'
import { ID_LIMIT, isPlainText } from '../../domain/limits.ts'
import { bodyText } from './json-body.ts'
import { Problem } from '../problems/problem.ts'

/** Variables for the route: the text of the body and the id of the event. */
export interface SignedWebhook {
  Variables: { webhook: { id: string; text: string } }
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
    const cause = rejectionCause(webhooks, text, headers)
    if (id === undefined || cause !== null) {
      throw new Problem('unsigned', { cause: cause ?? 'incomplete' })
    }
    c.set('webhook', { id, text })
    await next()
  }
}

/**
 * The three headers of Standard Webhooks. The standard comes from Svix, and Svix still sends the headers as `svix-…` by
 * default. The signature covers the same text under both names.
 */
function standardHeaders(header: (name: string) => string | undefined): Record<string, string> {
  const named = ['id', 'timestamp', 'signature'].map((name) => [
    `webhook-${name}`,
    header(`webhook-${name}`) ?? header(`svix-${name}`),
  ])
  return Object.fromEntries(named.filter(([, value]) => value !== undefined))
}

/** True for a valid event id. The onboarding applies the same rule (workflows/customer/signal-payload.ts). */
function isEventId(id: string): boolean {
  return id.length > 0 && id.length <= ID_LIMIT && isPlainText(id)
}

/** Returns the cause of a rejected signature, as a metric label; `null` when the signature matches a secret. */
function rejectionCause(webhooks: Webhook[], text: string, headers: Record<string, string>): string | null {
  // Every secret is tried, so that the response time does not reveal which one matches.
  const causes = webhooks.map((webhook) => causeBy(webhook, text, headers))
  return causes.includes(null) ? null : (causes[0] ?? 'no-match')
}

function causeBy(webhook: Webhook, text: string, headers: Record<string, string>): string | null {
  try {
    webhook.verify(text, headers, { jsonParse: false })
    return null
  } catch (error) {
    if (!(error instanceof WebhookVerificationError)) throw error
    return CAUSES[error.message] ?? 'incomplete'
  }
}

// The library distinguishes these errors only by their messages.
const CAUSES: { [message: string]: string } = {
  'Message timestamp too old': 'too-old',
  'Message timestamp too new': 'too-new',
  'No matching signature found': 'no-match',
}
