// The contract for operators about customers: the list, the status, and the commands resume, resync and erase.

import { createRoute } from '@hono/zod-openapi'
import { z } from 'zod'
import { ATTENTION_REASONS } from '../../domain/attention.ts'
import { Correction } from '../../domain/events.ts'
import { OnboardingStatus } from '../../domain/onboarding-status.ts'
import { PHASES } from '../../domain/onboarding.ts'
import { json, problems } from './responses.ts'
import { CustomerId, jsonBody, OPERATOR, optionalParameter } from './requests.ts'

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
  links: z.object({ temporal: z.string().nullable() }).meta({ description: 'The onboarding in the Temporal UI.' }),
}).meta({
  id: 'CustomerStatus',
  description: 'The phase of a customer, their records and fields, and what happened so far.',
})
export type CustomerStatus = z.output<typeof CustomerStatus>

export const listCustomers = createRoute({
  method: 'get',
  path: '/v1/customers',
  operationId: 'listCustomers',
  tags,
  summary: 'Lists customers, filtered by phase and attention reason',
  description:
    'Each customer once, also those whose run has completed (idle), for as long as Temporal keeps completed runs. A customer whose run starts or ends between two pages may appear twice or not at all.',
  security: OPERATOR,
  request: {
    query: z.object({
      phase: optionalParameter(z.enum(PHASES)).meta({ example: 'contact' }),
      attention: optionalParameter(z.enum(ATTENTION_REASONS)).meta({ example: 'contact-of-another-customer' }),
      cursor: optionalParameter(z.string().max(4096, 'must be the `next` of an earlier page')).meta({
        description: 'The `next` of the previous page. Absent for the first page.',
      }),
    }),
  },
  responses: {
    200: json(
      'A page of up to 100 customers. A page before the last may have fewer, even none.',
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
  summary: 'Shows the status of a customer and what happened so far',
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
  summary: 'Resumes a parked customer, after corrections if there are any',
  security: OPERATOR,
  request: {
    params,
    body: jsonBody(
      'Empty, or corrections in the shape of an event’s `data` without `customerId`.',
      ResumeBody,
      {
        'with a correction': { customer: { phone: '+44 20 7946 0000' } },
        'without corrections': {},
      },
      { required: false },
    ),
  },
  responses: {
    202: json(
      'The customer is resumed.',
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
      'ended',
      'erased',
      'too-large',
      'invalid-correction',
      'hung',
      'no-worker',
      'overloaded',
      'temporal-unavailable',
    ),
  },
})

const AcceptedCommand = z
  .object({ customerId: CustomerId, status: z.literal('accepted') })
  .meta({ id: 'AcceptedCommand' })

export const resyncCustomer = createRoute({
  method: 'post',
  path: '/v1/customers/{customerId}/resync',
  operationId: 'resyncCustomer',
  tags,
  summary: 'Writes all fields of a customer to HubSpot again',
  description:
    'It overwrites what HubSpot users changed. If the customer’s run has completed (idle), a new run starts with its state.',
  security: OPERATOR,
  request: { params },
  responses: {
    202: json('The fields are being written.', AcceptedCommand, { customerId: 'cus_1', status: 'accepted' }),
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
  summary: 'Erases a customer in HubSpot and in onramp',
  description:
    'Does the same as the event `customer.erased`, and cannot be undone. It also accepts a customer whom onramp does not know, since HubSpot may have their contact.',
  security: OPERATOR,
  request: { params },
  responses: {
    202: json('The customer is being erased.', AcceptedCommand, { customerId: 'cus_1', status: 'accepted' }),
    ...problems('unauthorized', 'read-only-token', 'not-found', 'overloaded', 'temporal-unavailable'),
  },
})
