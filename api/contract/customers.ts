// The contract for operators about lists of customers: list, and find by a contact in HubSpot.

import { createRoute } from '@hono/zod-openapi'
import { z } from 'zod'
import { ATTENTION_REASONS } from '../../domain/attention.ts'
import { EmailAddress } from '../../domain/events.ts'
import { CONTACT_ID_PATTERN } from '../../domain/ids.ts'
import { PHASES, STEPS } from '../../domain/onboarding.ts'
import { json, problems } from './responses.ts'
import { CustomerId, jsonBody, NO_QUERY, OPERATOR, optionalParameter, query } from './requests.ts'

const tags = ['Customers']

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
