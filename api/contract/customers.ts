// The contract for operators about customers: list, find, status, and the commands resume, correct, resync, erase and lift-erasure.

import { createRoute } from '@hono/zod-openapi'
import { z } from 'zod'
import { ATTENTION_REASONS } from '../../domain/attention.ts'
import { Correction, EmailAddress } from '../../domain/events.ts'
import { FIELD_NAMES } from '../../domain/fields.ts'
import { CONTACT_ID_PATTERN } from '../../domain/ids.ts'
import { OnboardingStatus, Waiting } from '../../domain/onboarding-status.ts'
import { PHASES, STEPS } from '../../domain/onboarding.ts'
import { json, problems } from './responses.ts'
import { CustomerId, jsonBody, NO_QUERY, OPERATOR, optionalParameter, query } from './requests.ts'

const tags = ['Customers']
const params = z.object({ customerId: CustomerId })

/** The problems of every command. */
const OF_COMMANDS = [
  'unauthorized',
  'read-only-token',
  'not-found',
  'unknown-customer',
  'invalid-query',
  'no-worker',
  'overloaded',
  'temporal-unavailable',
] as const

const ListedCustomer = z
  .object({
    customerId: CustomerId,
    phase: z.union([z.enum(PHASES), z.null()]),
    attention: z.array(z.enum(ATTENTION_REASONS)),
  })
  .meta({ id: 'ListedCustomer' })
/** One line of a list. */
export type ListedCustomer = z.output<typeof ListedCustomer>

const CustomerPage = z
  .object({
    customers: z.array(ListedCustomer),
    next: z.string().nullable().meta({ description: 'The cursor of the next page; `null` on the last.' }),
  })
  .meta({ id: 'CustomerPage' })
export type CustomerPage = z.output<typeof CustomerPage>

const CustomerStatus = OnboardingStatus.omit({ pendingStep: true })
  .extend({
    waiting: z.union([Waiting, z.null()]).meta({
      description: 'The step that waits for HubSpot or Temporal, and continues by itself; `null` when none does.',
    }),
    links: z
      .object({
        temporal: z.string().nullable().meta({ description: 'The onboarding.' }),
        parked: z
          .string()
          .nullable()
          .meta({ description: 'All customers who are parked for the reason of `attention`.' }),
        waiting: z.string().nullable().meta({ description: 'All customers who wait at the step of `waiting`.' }),
      })
      .meta({ description: 'In the Temporal UI; `null` where there is nothing to link to.' }),
  })
  .meta({
    id: 'CustomerStatus',
    description: 'The phase of a customer, their records and fields, and what happened so far.',
  })
export type CustomerStatus = z.output<typeof CustomerStatus>

export const listCustomers = createRoute({
  method: 'get',
  path: '/v1/customers',
  operationId: 'listCustomers',
  tags,
  summary: 'Lists customers, filtered by phase, attention reason and the step that waits',
  description:
    'The list comes from Temporal’s Visibility, which lags by some moments; the status of a customer does not. Each customer once, also those whose run has completed (idle), for as long as Temporal keeps completed runs. A customer whose run starts or ends between two pages may appear twice or not at all.',
  security: OPERATOR,
  request: {
    query: query({
      phase: optionalParameter(z.enum(PHASES)).meta({ example: 'contact' }),
      attention: optionalParameter(z.enum(ATTENTION_REASONS)).meta({ example: 'contact-of-another-customer' }),
      waiting: optionalParameter(z.enum(STEPS)).meta({
        description: 'The step that is retried, or has had no answer for five seconds.',
        example: 'contact',
      }),
      cursor: optionalParameter(z.string().max(4096, 'must be the `next` of an earlier page')).meta({
        description: 'The `next` of the previous page. Absent for the first page.',
      }),
    }),
  },
  responses: {
    200: json('A page of up to 100 customers. A page before the last may have fewer, even none.', CustomerPage, {
      customers: [{ customerId: 'cus_1', phase: 'contact', attention: ['contact-of-another-customer'] }],
      next: null,
    }),
    ...problems('unauthorized', 'invalid-query', 'overloaded', 'temporal-unavailable'),
  },
})

/** A contact by one of its addresses, or by HubSpot's id. The address stands in the body, since proxies log paths. */
export const FindBody = z
  .strictObject(
    {
      email: EmailAddress.optional(),
      contactId: z
        .string()
        .regex(CONTACT_ID_PATTERN, 'must be the id of a contact in HubSpot: 1 to 19 digits')
        .optional(),
    },
    { error: ({ code }) => (code === 'unrecognized_keys' ? 'is not a field of this body' : undefined) },
  )
  .refine(({ email, contactId }) => (email === undefined) !== (contactId === undefined), {
    error: 'must have either email or contactId',
  })

export const findCustomers = createRoute({
  method: 'post',
  path: '/v1/customers/find',
  operationId: 'findCustomers',
  tags,
  summary: 'Finds the customer to whom a contact in HubSpot belongs',
  description:
    'A worker asks HubSpot for the contact with this e-mail address, primary or secondary, or with this id. A customer whom HubSpot does not have so far is not found by an address. It changes nothing, so a read-only token may send it. The address is neither logged nor kept.',
  security: OPERATOR,
  request: {
    query: NO_QUERY,
    body: jsonBody(
      'An e-mail address, or HubSpot’s id of a contact.',
      FindBody,
      { 'by e-mail address': { email: 'ada@example.com' }, 'by contact id': { contactId: '701' } },
      { required: true },
    ),
  },
  responses: {
    200: json(
      'The customer, as in a list; an empty list when HubSpot has no such contact, or when it belongs to no customer. The phase is `null` when Temporal has no run of the customer any more.',
      CustomerPage,
      { customers: [{ customerId: 'cus_1', phase: 'onboarded', attention: [] }], next: null },
    ),
    ...problems(
      'unauthorized',
      'not-json',
      'too-large',
      'invalid-body',
      'invalid-query',
      'hubspot-unavailable',
      'no-worker',
      'overloaded',
      'temporal-unavailable',
    ),
  },
})

export const customerStatus = createRoute({
  method: 'get',
  path: '/v1/customers/{customerId}',
  operationId: 'customerStatus',
  tags,
  summary: 'Shows the status of a customer and what happened so far',
  security: OPERATOR,
  request: { params, query: NO_QUERY },
  responses: {
    200: json('The customer’s status.', CustomerStatus, {
      customerId: 'cus_1',
      phase: 'onboarded',
      attention: null,
      parked: [],
      waiting: {
        step: 'contact-update',
        since: '2026-11-24T10:00:00.000Z',
        attempts: 3,
        nextAttemptAt: '2026-11-24T10:00:07.000Z',
        answeredBy: 'hubspot',
        status: 503,
        category: null,
        message: 'HubSpot answered 503',
      },
      hubspot: {
        contactId: '701',
        companyId: '801',
        contactUrl: 'https://app.hubspot.com/contacts/1/record/0-1/701',
        companyUrl: 'https://app.hubspot.com/contacts/1/record/0-2/801',
        contactOutcome: 'existed',
        companyOutcome: 'created',
      },
      fields: {
        email: { state: 'written', at: '2026-11-24T09:00:00.000Z' },
        phone: { state: 'pending', at: '2026-11-24T10:00:00.000Z' },
      },
      lastEventAt: '2026-11-24T10:00:00.000Z',
      lastWrittenAt: '2026-11-24T09:00:01.000Z',
      malformedEvents: 0,
      lateEvents: 0,
      unknownEvents: 0,
      timeline: [
        { at: '2026-11-24T09:00:00.000Z', what: 'event', outcome: 'registered' },
        {
          at: '2026-11-24T09:00:01.000Z',
          what: 'contact',
          outcome: 'existed',
          fields: ['email'],
          correlationId: '0b1f6a0e',
        },
        {
          at: '2026-11-24T10:00:00.000Z',
          what: 'correct',
          outcome: 'corrected by an operator',
          fields: ['phone'],
          by: 'ada',
        },
      ],
      links: {
        temporal: 'http://127.0.0.1:8233/namespaces/default/workflows/onboarding%2Fcus_1',
        parked: null,
        waiting:
          'http://127.0.0.1:8233/namespaces/default/workflows?query=OnboardingWaiting%20%3D%20%27contact-update%27%20AND%20ExecutionStatus%20%3D%20%27Running%27',
      },
    }),
    ...problems(
      'unauthorized',
      'not-found',
      'unknown-customer',
      'invalid-query',
      'hung',
      'no-worker',
      'overloaded',
      'temporal-unavailable',
    ),
  },
})

export const ResumeBody = z.object({ customer: Correction.optional() })
export const CorrectBody = z.object({ customer: Correction })

export const resumeCustomer = createRoute({
  method: 'post',
  path: '/v1/customers/{customerId}/resume',
  operationId: 'resumeCustomer',
  tags,
  summary: 'Resumes a parked customer, after corrections if there are any',
  security: OPERATOR,
  request: {
    params,
    query: NO_QUERY,
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
      ...OF_COMMANDS,
      'not-json',
      'nothing-parked',
      'ended',
      'erased',
      'too-large',
      'invalid-correction',
      'hung',
    ),
  },
})

const AcceptedCommand = z
  .object({ customerId: CustomerId, status: z.literal('accepted') })
  .meta({ id: 'AcceptedCommand' })

const FieldsToWrite = AcceptedCommand.extend({
  fields: z.array(z.enum(FIELD_NAMES)).meta({
    description:
      'The fields that are written, over what HubSpot has. Newer values of other customers stay, and so do those of HubSpot users that the settings protect.',
  }),
}).meta({ id: 'FieldsToWrite' })

export const correctCustomer = createRoute({
  method: 'post',
  path: '/v1/customers/{customerId}/correct',
  operationId: 'correctCustomer',
  tags,
  summary: 'Writes corrected values of a customer to HubSpot',
  description:
    'It works for every customer, parked or not, and tries again what is parked. A correction counts as newer than every value before it. If the customer’s run has completed (idle), a new run starts with its state.',
  security: OPERATOR,
  request: {
    params,
    query: NO_QUERY,
    body: jsonBody(
      'Corrections in the shape of an event’s `data` without `customerId`.',
      CorrectBody,
      { correction: { customer: { phone: '+44 20 7946 0000' } } },
      { required: true },
    ),
  },
  responses: {
    202: json('The corrections are being written.', FieldsToWrite, {
      customerId: 'cus_1',
      status: 'accepted',
      fields: ['phone'],
    }),
    ...problems(...OF_COMMANDS, 'not-json', 'ended', 'erased', 'too-large', 'invalid-correction', 'hung'),
  },
})

export const resyncCustomer = createRoute({
  method: 'post',
  path: '/v1/customers/{customerId}/resync',
  operationId: 'resyncCustomer',
  tags,
  summary: 'Writes all fields of a customer to HubSpot again',
  description:
    'It overwrites what HubSpot users changed. If the customer’s run has completed (idle), a new run starts with its state.',
  security: OPERATOR,
  request: { params, query: NO_QUERY },
  responses: {
    202: json('The fields are being written.', FieldsToWrite, {
      customerId: 'cus_1',
      status: 'accepted',
      fields: ['email', 'phone'],
    }),
    ...problems(...OF_COMMANDS, 'ended', 'erased', 'hung'),
  },
})

export const eraseCustomer = createRoute({
  method: 'delete',
  path: '/v1/customers/{customerId}',
  operationId: 'eraseCustomer',
  tags,
  summary: 'Erases a customer in HubSpot and in onramp',
  description:
    'Does the same as the event `customer.erased`, and cannot be undone. It also accepts a customer whom onramp does not know, if HubSpot has their contact; a worker then asks HubSpot.',
  security: OPERATOR,
  request: {
    params,
    query: query({
      unknown: optionalParameter(z.enum(['true', 'false'])).meta({
        description: '`true` also accepts an id that neither onramp nor HubSpot knows. HubSpot is not asked.',
      }),
    }),
  },
  responses: {
    202: json('The customer is being erased.', AcceptedCommand, { customerId: 'cus_1', status: 'accepted' }),
    ...problems(...OF_COMMANDS, 'backlog-full', 'hubspot-unavailable'),
  },
})

export const liftErasure = createRoute({
  method: 'delete',
  path: '/v1/customers/{customerId}/erasure',
  operationId: 'liftErasure',
  tags,
  summary: 'Lifts the erasure of a customer, so that later events count again',
  description: 'It brings nothing back: the contact and everything that onramp knew stay deleted.',
  security: OPERATOR,
  request: { params, query: NO_QUERY },
  responses: {
    202: json('Later events count again.', AcceptedCommand, { customerId: 'cus_1', status: 'accepted' }),
    ...problems(...OF_COMMANDS, 'ended', 'not-erased', 'hung'),
  },
})
