// What operators may rely on about customers: where each is, and what can be ordered.

import { createRoute } from '@hono/zod-openapi'
import { z } from 'zod'
import { ATTENTION_REASONS } from '../../domain/attention.ts'
import { Correction } from '../../domain/events.ts'
import { OnboardingStatus } from '../../domain/onboarding-status.ts'
import { PHASES } from '../../domain/onboarding.ts'
import { json, problems } from './answers.ts'
import { CustomerId, jsonBody, OPERATOR, orNothing } from './requests.ts'

const tags = ['Customers']
const params = z.object({ customerId: CustomerId })

const ListedCustomer = z
  .object({
    customerId: CustomerId,
    phase: z.union([z.enum(PHASES), z.null()]),
    attention: z.array(z.enum(ATTENTION_REASONS)),
  })
  .meta({ id: 'ListedCustomer' })
/** One line of a list. */
export type ListedCustomer = z.output<typeof ListedCustomer>

const CustomerStatus = OnboardingStatus.extend({
  links: z.object({ temporal: z.string().nullable() }).meta({ description: 'Temporal’s page of the onboarding.' }),
}).meta({ id: 'CustomerStatus', description: 'Where a customer is, and what happened so far.' })
export type CustomerStatus = z.output<typeof CustomerStatus>

export const listCustomers = createRoute({
  method: 'get',
  path: '/v1/customers',
  operationId: 'listCustomers',
  tags,
  summary: 'Lists customers, by phase and attention reason where given',
  description:
    'Each customer once: also those who were quiet for long, as they were left, for as long as Temporal keeps what has ended. True of the moment: whose run ends or begins while you page may come again, or be missed.',
  security: OPERATOR,
  request: {
    query: z.object({
      phase: orNothing(z.enum(PHASES, `must be one of ${PHASES.join(', ')}`)).meta({ example: 'contact' }),
      attention: orNothing(z.enum(ATTENTION_REASONS, `must be one of ${ATTENTION_REASONS.join(', ')}`)).meta({
        example: 'contact-of-another-customer',
      }),
      cursor: orNothing(z.string().max(4096, 'must be the `next` of an earlier page')).meta({
        description: 'The `next` of the page before; nothing asks for the first.',
      }),
    }),
  },
  responses: {
    200: json(
      'A page of customers, up to 100. It may have fewer, even none, before the last.',
      z
        .object({
          customers: z.array(ListedCustomer),
          next: z.string().nullable().meta({ description: 'The cursor of the next page; `null` on the last.' }),
        })
        .meta({ id: 'CustomerPage' }),
      {
        customers: [{ customerId: 'cus_1', phase: 'contact', attention: ['contact-of-another-customer'] }],
        next: null,
      },
    ),
    ...problems('unauthorized', 'invalid-query', 'overloaded', 'temporal-unavailable'),
  },
})

export const customerStatus = createRoute({
  method: 'get',
  path: '/v1/customers/{customerId}',
  operationId: 'customerStatus',
  tags,
  summary: 'Says where a customer is, and what happened so far',
  security: OPERATOR,
  request: { params },
  responses: {
    200: json('The customer’s status.', CustomerStatus, {
      customerId: 'cus_1',
      phase: 'onboarded',
      attention: null,
      parked: [],
      hubspot: {
        contactId: '701',
        companyId: '801',
        contactUrl: 'https://app.hubspot.com/contacts/1/record/0-1/701',
        companyUrl: 'https://app.hubspot.com/contacts/1/record/0-2/801',
        contactOutcome: 'existed',
        companyOutcome: 'created',
      },
      fields: { email: { state: 'written', at: '2026-11-24T09:00:00.000Z' } },
      lastEventAt: '2026-11-24T09:00:00.000Z',
      lastWrittenAt: '2026-11-24T09:00:01.000Z',
      malformedEvents: 0,
      unknownEvents: 0,
      timeline: [
        { at: '2026-11-24T09:00:00.000Z', what: 'event', outcome: 'registered' },
        { at: '2026-11-24T09:00:01.000Z', what: 'company', outcome: 'created', correlationId: '0b1f6a0e' },
      ],
      links: { temporal: 'http://127.0.0.1:8233/namespaces/default/workflows/onboarding%2Fcus_1' },
    }),
    ...problems(
      'unauthorized',
      'not-found',
      'unknown-customer',
      'hung',
      'no-worker',
      'overloaded',
      'temporal-unavailable',
    ),
  },
})

export const ResumeBody = z.object({ customer: Correction.optional() })

export const resumeCustomer = createRoute({
  method: 'post',
  path: '/v1/customers/{customerId}/resume',
  operationId: 'resumeCustomer',
  tags,
  summary: 'Tries again what HubSpot refused, with corrections where there are some',
  security: OPERATOR,
  request: {
    params,
    body: jsonBody(
      'Nothing, or corrections in the shape of an event’s `data` without `customerId`.',
      ResumeBody,
      {
        'with a correction': { customer: { phone: '+44 20 7946 0000' } },
        'as it is': {},
      },
      { required: false },
    ),
  },
  responses: {
    202: json(
      'It is tried again.',
      z.object({ customerId: CustomerId, status: z.literal('resumed') }).meta({ id: 'ResumedCustomer' }),
      { customerId: 'cus_1', status: 'resumed' },
    ),
    ...problems(
      'not-json',
      'unauthorized',
      'read-only-token',
      'not-found',
      'unknown-customer',
      'nothing-parked',
      'too-large',
      'invalid-correction',
      'hung',
      'no-worker',
      'overloaded',
      'temporal-unavailable',
    ),
  },
})

const AcceptedOrder = z.object({ customerId: CustomerId, status: z.literal('accepted') }).meta({ id: 'AcceptedOrder' })

export const resyncCustomer = createRoute({
  method: 'post',
  path: '/v1/customers/{customerId}/resync',
  operationId: 'resyncCustomer',
  tags,
  summary: 'Writes everything that is known of a customer to HubSpot again',
  description: 'Over whatever people changed there. Who was quiet for long is taken up again where they were left.',
  security: OPERATOR,
  request: { params },
  responses: {
    202: json('It is being written.', AcceptedOrder, { customerId: 'cus_1', status: 'accepted' }),
    ...problems(
      'unauthorized',
      'read-only-token',
      'not-found',
      'unknown-customer',
      'ended',
      'erased',
      'hung',
      'no-worker',
      'overloaded',
      'temporal-unavailable',
    ),
  },
})

export const eraseCustomer = createRoute({
  method: 'delete',
  path: '/v1/customers/{customerId}',
  operationId: 'eraseCustomer',
  tags,
  summary: 'Erases a customer, in HubSpot and here',
  description:
    'As the event `customer.erased` does. It cannot be undone. A customer who is not known here may be known to HubSpot, so it is accepted all the same.',
  security: OPERATOR,
  request: { params },
  responses: {
    202: json('They are being erased.', AcceptedOrder, { customerId: 'cus_1', status: 'accepted' }),
    ...problems('unauthorized', 'read-only-token', 'not-found', 'overloaded', 'temporal-unavailable'),
  },
})
