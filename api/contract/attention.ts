// The contract for operators about customers who need them: the counts, and the command that resumes all of them for one reason.

import { createRoute } from '@hono/zod-openapi'
import { z } from 'zod'
import { ATTENTION_REASONS } from '../../domain/attention.ts'
import { STEPS } from '../../domain/onboarding.ts'
import { json, Location, problems } from './responses.ts'
import { NO_QUERY, OPERATOR } from './requests.ts'
import { StuckCounts } from './stuck.ts'

const tags = ['Attention']
const count = z.int().min(0)
const reason = z.enum(ATTENTION_REASONS).meta({
  description: 'Why customers are parked; `/errors` explains each reason.',
  example: 'contact-of-another-customer',
})

const links = z.object({
  temporal: z.string().nullable().meta({ description: 'These customers in the Temporal UI; `null` without a UI.' }),
})

const AttentionCount = z
  .object({ reason, count, steps: z.array(z.object({ step: z.enum(STEPS), count })), links })
  .meta({
    id: 'AttentionCount',
    description: 'How many customers are parked for one reason. One customer may be parked at several steps.',
  })

const ParkedCounts = z.object({
  customers: count.meta({ description: 'How many customers are parked. One may be parked for several reasons.' }),
  attention: z.array(AttentionCount),
  links,
})
export type ParkedCounts = z.output<typeof ParkedCounts>

const AttentionCounts = ParkedCounts.extend({
  stuck: StuckCounts.nullable().meta({ description: 'Stuck runs; `null` when this Temporal does not say.' }),
}).meta({ id: 'AttentionCounts' })
export type AttentionCounts = z.output<typeof AttentionCounts>

const ResumeJob = z.object({ reason, count, job: z.string().meta({ description: 'The id of this resume.' }) }).meta({
  id: 'ResumeJob',
  description:
    'A resume of all customers who are parked for one reason, with their number at its start. Temporal signals them one after the other.',
})
export type ResumeJob = z.output<typeof ResumeJob>

const ResumeProgress = z
  .object({
    reason,
    state: z.enum(['running', 'completed', 'failed']),
    total: count,
    signalled: count.meta({
      description:
        'Customers who have got the signal to try again. Each may go on, be parked again or wait for HubSpot: their status shows it.',
    }),
    failed: count.meta({
      description: 'Customers who could not be signalled, such as those whose run has just ended.',
    }),
    since: z.iso.datetime().meta({
      description: 'What is parked since an earlier time was parked before this resume.',
    }),
  })
  .meta({ id: 'ResumeProgress', description: 'The progress of a resume. Temporal counts in steps of up to 1,000.' })
export type ResumeProgress = z.output<typeof ResumeProgress>

export const listAttention = createRoute({
  method: 'get',
  path: '/v1/attention',
  operationId: 'listAttention',
  tags,
  summary:
    'Counts the parked customers by reason and step, the most frequent reason first, and the stuck runs by cause',
  description:
    'The numbers come from Temporal’s Visibility, which lags by some moments. Up to 1,000 parked customers are counted by one query, so that the numbers agree with each other and with the list of customers.',
  security: OPERATOR,
  request: { query: NO_QUERY },
  responses: {
    200: json('Every reason for which a customer is parked.', AttentionCounts, {
      customers: 3,
      attention: [
        {
          reason: 'contact-of-another-customer',
          count: 3,
          steps: [{ step: 'contact', count: 3 }],
          links: {
            temporal:
              'http://127.0.0.1:8233/namespaces/default/workflows?query=OnboardingAttention%20%3D%20%27contact-of-another-customer%27%20AND%20ExecutionStatus%20%3D%20%27Running%27',
          },
        },
      ],
      links: {
        temporal:
          'http://127.0.0.1:8233/namespaces/default/workflows?query=OnboardingAttention%20IS%20NOT%20NULL%20AND%20ExecutionStatus%20%3D%20%27Running%27',
      },
      stuck: {
        customers: 5,
        causes: [
          {
            kind: 'task-fails',
            cause: 'NonDeterministicError',
            count: 5,
            customerIds: ['cus_1', 'cus_2', 'cus_3', 'cus_4', 'cus_5'],
            whatToDo:
              'The code of the workers throws, or does not fit the history of these runs. Deploy a fix, or reset the runs: they start again on the current code.',
          },
        ],
        links: { temporal: null },
      },
    }),
    ...problems('unauthorized', 'invalid-query', 'overloaded', 'temporal-unavailable'),
  },
})

export const resumeAttention = createRoute({
  method: 'post',
  path: '/v1/attention/{reason}/resume',
  operationId: 'resumeAttention',
  tags,
  summary: 'Resumes all customers who are parked for one reason',
  security: OPERATOR,
  request: { params: z.object({ reason }), query: NO_QUERY },
  responses: {
    202: json(
      'The resume has started; `location` shows its progress.',
      ResumeJob,
      {
        reason: 'contact-of-another-customer',
        count: 3,
        job: 'contact-of-another-customer-4f1c2a52-7a38-4f0e-9a49-0d8a7c1a2b3c',
      },
      Location,
    ),
    ...problems(
      'unauthorized',
      'read-only-token',
      'not-found',
      'nothing-parked',
      'invalid-query',
      'overloaded',
      'resume-running',
      'temporal-unavailable',
    ),
  },
})

export const resumeProgress = createRoute({
  method: 'get',
  path: '/v1/attention/{reason}/resume/{job}',
  operationId: 'resumeProgress',
  tags,
  summary: 'Shows the progress of such a resume',
  security: OPERATOR,
  request: {
    params: z.object({
      reason,
      job: z.string().max(100).meta({ example: 'contact-of-another-customer-4f1c2a52-7a38-4f0e-9a49-0d8a7c1a2b3c' }),
    }),
    query: NO_QUERY,
  },
  responses: {
    200: json('The progress.', ResumeProgress, {
      reason: 'contact-of-another-customer',
      state: 'completed',
      total: 3,
      signalled: 3,
      failed: 0,
      since: '2026-11-24T09:00:00.000Z',
    }),
    ...problems('unauthorized', 'not-found', 'unknown-resume', 'invalid-query', 'overloaded', 'temporal-unavailable'),
  },
})
