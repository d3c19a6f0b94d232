// Lets through only bodies that the product has signed (Standard Webhooks), checked over the bytes as they came.

import type { MiddlewareHandler } from 'hono'
import { Webhook, WebhookVerificationError } from 'standardwebhooks'
import { ID_LIMIT, isPlainText } from '../../domain/limits.ts'
import { bodyText } from './json-body.ts'
import { Problem } from './problem.ts'

/** What the middleware leaves for the route: the body's text and the event's id. */
export interface SignedWebhook {
  Variables: { webhook: { id: string; text: string } }
}

/**
 * Verifies against every active secret, so that secrets rotate without a gap; header times may be five minutes off.
 *
 * @throws Problem 400 for an id out of bounds or a body that is not UTF-8, 401 for everything about the signature
 */
export function webhookSignature(secrets: string[]): MiddlewareHandler<SignedWebhook> {
  const webhooks = secrets.map((secret) => new Webhook(secret))

  return async function verifySignature(c, next) {
    const headers = standardHeaders((name) => c.req.header(name))
    const id = headers['webhook-id']
    if (id !== undefined && !isEventId(id)) {
      throw new Problem('webhook-id')
    }
    // The library signs text, not bytes.
    const text = await bodyText(c)
    const fault = faultOf(webhooks, text, headers)
    if (id === undefined || fault !== null) {
      throw new Problem('unsigned', { cause: fault ?? 'incomplete' })
    }
    c.set('webhook', { id, text })
    await next()
  }
}

/**
 * The three headers of Standard Webhooks. Svix, from which the standard comes, still sends each as `svix-…` by default; the
 * signature covers the same text under either name.
 */
function standardHeaders(header: (name: string) => string | undefined): Record<string, string> {
  const named = ['id', 'timestamp', 'signature'].map((name) => [
    `webhook-${name}`,
    header(`webhook-${name}`) ?? header(`svix-${name}`),
  ])
  return Object.fromEntries(named.filter(([, value]) => value !== undefined))
}

/** What the onboarding takes as an event's id, too. */
function isEventId(id: string): boolean {
  return id.length > 0 && id.length <= ID_LIMIT && isPlainText(id)
}

/** What is wrong with the signature, in a word for the count; `null` when it fits a secret. */
function faultOf(webhooks: Webhook[], text: string, headers: Record<string, string>): string | null {
  // Each secret is tried, so that the time taken does not tell which one fits.
  const faults = webhooks.map((webhook) => faultBy(webhook, text, headers))
  return faults.includes(null) ? null : (faults[0] ?? 'no-match')
}

function faultBy(webhook: Webhook, text: string, headers: Record<string, string>): string | null {
  try {
    webhook.verify(text, headers, { jsonParse: false })
    return null
  } catch (error) {
    if (!(error instanceof WebhookVerificationError)) throw error
    return FAULTS[error.message] ?? 'incomplete'
  }
}

// The library tells them apart by its words alone.
const FAULTS: { [message: string]: string } = {
  'Message timestamp too old': 'too-old',
  'Message timestamp too new': 'too-new',
  'No matching signature found': 'no-match',
}
