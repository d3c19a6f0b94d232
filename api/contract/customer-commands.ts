// The contract for operators about the commands to a customer: resume, correct, resync, erase and lift-erasure.

import { createRoute } from '@hono/zod-openapi'
import { z } from 'zod'
import { Correction } from '../../domain/events.ts'
import { FIELD_NAMES } from '../../domain/fields.ts'
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
