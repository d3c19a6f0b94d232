// The contract for the product: one path, to which it sends signed events.

import { createRoute } from '@hono/zod-openapi'
import { z } from 'zod'
import { CustomerEvent } from '../../domain/events.ts'
import { CUSTOMER_EVENT } from './events.ts'
import { json, Location, problems } from './responses.ts'
import { CustomerId, jsonBody } from './requests.ts'

// A sender may use the header names of Svix instead, so none of these headers is required.
const SignatureHeaders = z.object({
  'webhook-id': z.string().optional().meta({
    description:
      'The id of the event, 1 to 256 characters. Every repeat of an event has the same id; a repeat has no further effect.',
    example: 'evt_1',
  }),
  'webhook-timestamp': z.string().optional().meta({
    description:
      'The time of sending in seconds since the epoch, at most five minutes off. Every repeat has its own time.',
    example: '1795510800',
  }),
  'webhook-signature': z.string().optional().meta({
    description:
      'As in Standard Webhooks: `v1,` and the base64 of HMAC-SHA256 over `<webhook-id>.<webhook-timestamp>.<body>`. A space separates several signatures.',
    example: 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
  }),
})

/** What an event may be answered with instead of 202. */
export const WEBHOOK_PROBLEMS = [
  'not-json',
  'webhook-id',
  'unsigned',
  'too-large',
  'unsupported-media-type',
  'invalid-event',
  'backlog-full',
  'overloaded',
  'temporal-unavailable',
] as const

export const acceptEvent = createRoute({
  method: 'post',
  path: '/webhooks/customers',
  operationId: 'acceptEvent',
  tags: ['Events'],
  summary: 'Accepts an event about a customer',
  description:
    'Answers 202 once Temporal has stored the event. After a 5xx, or without a response, send the same event again. The headers of Svix (`svix-id` and so on) count where those of the standard are absent. The order of the checks: content type, size, `webhook-id`, UTF-8, signature, JSON, shape.',
  security: [{ webhookSignature: [] }],
  request: {
    headers: SignatureHeaders,
    body: jsonBody(
      'One event of at most 64 KiB. Unknown fields are ignored.',
      CustomerEvent,
      {
        registered: {
          type: 'customer.registered',
          timestamp: '2026-11-24T09:00:00.000Z',
          data: {
            customerId: 'cus_1',
            email: 'ada@example.com',
            firstName: 'Ada',
            lastName: 'Lovelace',
            company: { id: 'org_1', name: 'Analytical Engines', domain: 'analytical.example' },
          },
        },
        updated: {
          type: 'customer.updated',
          timestamp: '2026-11-24T10:00:00.000Z',
          data: { customerId: 'cus_1', phone: '+44 20 7946 0000', address: { city: 'London', state: null } },
        },
        erased: {
          type: 'customer.erased',
          timestamp: '2026-11-24T11:00:00.000Z',
          data: { customerId: 'cus_1' },
        },
      },
      { required: true, reference: CUSTOMER_EVENT },
    ),
  },
  responses: {
    202: json(
      'The event is stored.',
      z
        .object({
          customerId: CustomerId,
          eventId: z.string(),
          status: z.literal('accepted'),
          ignored: z.array(z.string()).meta({ description: 'The unknown fields by their path.' }),
        })
        .meta({ id: 'AcceptedEvent' }),
      { customerId: 'cus_1', eventId: 'evt_1', status: 'accepted', ignored: [] },
      Location,
    ),
    ...problems(...WEBHOOK_PROBLEMS),
  },
})
