// POST /webhooks/customers: accepts the product's events, and answers 202 only when Temporal has stored them.

import { OpenAPIHono } from '@hono/zod-openapi'
import type { MiddlewareHandler } from 'hono'
import { CustomerEvent, ignoredFields } from '../../domain/events.ts'
import type { Logger } from '../../platform/logger.ts'
import { countIgnored } from '../../platform/metrics.ts'
import { ConcurrencyLimit, EVENTS } from '../middleware/concurrency-limit.ts'
import type { ResponseDeadline } from '../middleware/concurrency-limit.ts'
import { acceptEvent } from '../contract/webhooks.ts'
import { countWebhooks } from '../middleware/count-webhooks.ts'
import { parseJson, smallBody } from '../middleware/json-body.ts'
import { logRejections } from '../middleware/log-rejections.ts'
import { webhookSignature } from '../middleware/webhook-signature.ts'
import type { SignedWebhook } from '../middleware/webhook-signature.ts'
import { fieldErrors } from '../problems/field-errors.ts'
import { Problem } from '../problems/problem.ts'
import type { Onboardings } from '../temporal/onboardings.ts'

type Webhook = SignedWebhook & ResponseDeadline

interface WebhookOptions {
  onboardings: Onboardings
  secrets: string[]
  logger: Logger
}

export function webhookRoutes({ onboardings, secrets, logger }: WebhookOptions): OpenAPIHono<Webhook> {
  const routes = new OpenAPIHono<Webhook>()

  const limit = new ConcurrencyLimit(EVENTS)
  const middleware = [
    countWebhooks,
    logRejections(logger),
    // Under overload this saves the work of reading and hashing the body.
    limit.rejectIfFull(),
    jsonOnly,
    smallBody(),
    webhookSignature(secrets),
    // Last, so that only signed events get a slot.
    limit.acquireSlot(),
  ]
  routes.openapi({ ...acceptEvent, middleware }, async (c) => {
    const { id: eventId, text } = c.get('webhook')
    const received = parseJson(text)
    const event = readEvent(received)
    const ignored = ignoredFields(received, event)
    await onboardings.deliver(event, { eventId, ignored, answerBy: c.get('answerBy') })
    countIgnored(ignored)

    const { customerId } = event.data
    logger.info({ requestId: c.get('requestId'), eventId, eventType: event.type, customerId }, 'an event was accepted')
    c.header('location', `/v1/customers/${encodeURIComponent(customerId)}`)
    return c.json({ customerId, eventId, status: 'accepted' as const, ignored }, 202)
  })

  return routes
}

const jsonOnly: MiddlewareHandler = async function requireJson(c, next) {
  const [type] = (c.req.header('content-type') ?? '').split(';')
  if (type?.trim().toLowerCase() !== 'application/json') {
    throw new Problem('unsupported-media-type')
  }
  await next()
}

function readEvent(received: unknown): CustomerEvent {
  const parsed = CustomerEvent.safeParse(received)
  if (parsed.success) return parsed.data
  throw new Problem('invalid-event', { errors: fieldErrors(parsed.error) })
}
