// The contract for operators about the status of a customer.

import { createRoute } from '@hono/zod-openapi'
import { z } from 'zod'
import { OnboardingStatus, Waiting } from '../../domain/onboarding-status.ts'
import { json, problems } from './responses.ts'
import { CustomerId, NO_QUERY, OPERATOR } from './requests.ts'

const tags = ['Customers']
const params = z.object({ customerId: CustomerId })

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
