// POST /webhooks/customers: takes the product's events, and says so only when they are stored.

import { OpenAPIHono } from '@hono/zod-openapi'
import type { MiddlewareHandler } from 'hono'
import { CustomerEvent, ignoredFields } from '../../domain/events.ts'
import { EVENTS, Lane } from '../middleware/admission.ts'
import type { Admitted } from '../middleware/admission.ts'
import { takeEvent } from '../contract/webhooks.ts'
import { countWebhooks } from '../middleware/count-webhooks.ts'
import { parseJson, smallBody } from '../middleware/json-body.ts'
import { errorsOf, Problem } from '../middleware/problem.ts'
import { webhookSignature } from '../middleware/webhook-signature.ts'
import type { SignedWebhook } from '../middleware/webhook-signature.ts'
import type { Onboardings } from '../temporal/onboardings.ts'

type Webhook = SignedWebhook & Admitted

export function webhookRoutes(onboardings: Onboardings, secrets: string[]): OpenAPIHono<Webhook> {
  const routes = new OpenAPIHono<Webhook>()

  const lane = new Lane(EVENTS)
  // Under overload most are turned away before their bodies are read and hashed; a place is only for what is signed.
  const middleware = [countWebhooks, lane.unlessFull(), jsonOnly, smallBody(), webhookSignature(secrets), lane.admit()]
  routes.openapi({ ...takeEvent, middleware }, async (c) => {
    const { id: eventId, text } = c.get('webhook')
    const received = parseJson(text)
    const event = readEvent(received)
    await onboardings.tell(event, eventId, c.get('answerBy'))

    const { customerId } = event.data
    c.header('location', `/v1/customers/${encodeURIComponent(customerId)}`)
    return c.json({ customerId, eventId, status: 'accepted' as const, ignored: ignoredFields(received, event) }, 202)
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
  throw new Problem('invalid-event', { errors: errorsOf(parsed.error) })
}
