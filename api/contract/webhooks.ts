// What the product may rely on: one address, to which it sends signed events.

import { createRoute } from '@hono/zod-openapi'
import { z } from 'zod'
import { CustomerEvent } from '../../domain/events.ts'
import { json, Location, problems } from './answers.ts'
import { CustomerId, jsonBody } from './requests.ts'

// Each may also come under the name that Svix gives it, so none of them is required under this one.
const SignatureHeaders = z.object({
  'webhook-id': z.string().optional().meta({
    description: 'The event’s id, 1 to 256 characters: the same in each repeat of it, since a repeat has no effect.',
    example: 'evt_1',
  }),
  'webhook-timestamp': z.string().optional().meta({
    description: 'When it was sent, in seconds since the epoch; at most five minutes off. A repeat has its own.',
    example: '1795510800',
  }),
  'webhook-signature': z.string().optional().meta({
    description:
      'As Standard Webhooks says: `v1,` and the base64 of HMAC-SHA256 over `<webhook-id>.<webhook-timestamp>.<body>`. Several are separated by spaces.',
    example: 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
  }),
})

export const takeEvent = createRoute({
  method: 'post',
  path: '/webhooks/customers',
  operationId: 'takeEvent',
  tags: ['Events'],
  summary: 'Tells onramp what happened to a customer',
  description:
    'The answer is 202 once Temporal has stored the event. After a 5xx, or no answer at all, send the same again. The headers of Svix (`svix-id` and so on) are taken where those of the standard are absent. Checked in this order: content type, size, `webhook-id`, UTF-8, signature, JSON, shape.',
  security: [{ webhookSignature: [] }],
  request: {
    headers: SignatureHeaders,
    body: jsonBody(
      'One event, of at most 64 KiB. Fields that are not known are ignored.',
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
      { required: true },
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
          ignored: z.array(z.string()).meta({ description: 'Fields that are not known, by their path.' }),
        })
        .meta({ id: 'AcceptedEvent' }),
      { customerId: 'cus_1', eventId: 'evt_1', status: 'accepted', ignored: [] },
      Location,
    ),
    ...problems(
      'not-json',
      'webhook-id',
      'unsigned',
      'too-large',
      'unsupported-media-type',
      'invalid-event',
      'overloaded',
      'temporal-unavailable',
    ),
  },
})
