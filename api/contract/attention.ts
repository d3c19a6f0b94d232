// The contract for operators about parked customers: the counts, and the command that resumes all of them for one reason.

import { createRoute } from '@hono/zod-openapi'
import { z } from 'zod'
import { ATTENTION_REASONS } from '../../domain/attention.ts'
import { STEPS } from '../../domain/onboarding.ts'
import { json, Location, problems } from './responses.ts'
import { OPERATOR } from './requests.ts'

const tags = ['Attention']
const count = z.int().min(0)
const reason = z.enum(ATTENTION_REASONS).meta({
  description: 'Why customers are parked; `/errors` explains each reason.',
  example: 'contact-of-another-customer',
})

const AttentionCount = z.object({ reason, count, steps: z.array(z.object({ step: z.enum(STEPS), count })) }).meta({
  id: 'AttentionCount',
  description: 'How many customers are parked for one reason. One customer may be parked at several steps.',
})
export type AttentionCount = z.output<typeof AttentionCount>

const ResumeJob = z.object({ reason, count, job: z.string().meta({ description: 'The id of this resume.' }) }).meta({
  id: 'ResumeJob',
  description: 'A resume of all customers who are parked for one reason, with their number at its start.',
})
export type ResumeJob = z.output<typeof ResumeJob>

const ResumeProgress = z
  .object({
    reason,
    state: z.enum(['running', 'completed', 'failed']),
    total: count,
    resumed: count.meta({ description: 'Customers who try again. Their status shows the result.' }),
    failed: count,
    since: z.iso.datetime(),
  })
  .meta({ id: 'ResumeProgress', description: 'The progress of a resume. Temporal counts in steps of up to 1,000.' })
export type ResumeProgress = z.output<typeof ResumeProgress>

export const listAttention = createRoute({
  method: 'get',
  path: '/v1/attention',
  operationId: 'listAttention',
  tags,
  summary: 'Counts the parked customers by reason and step, the most frequent reason first',
  security: OPERATOR,
  responses: {
    200: json(
      'Every reason for which a customer is parked.',
      z.object({ attention: z.array(AttentionCount) }).meta({ id: 'AttentionCounts' }),
      {
        attention: [{ reason: 'contact-of-another-customer', count: 3, steps: [{ step: 'contact', count: 3 }] }],
      },
    ),
    ...problems('unauthorized', 'overloaded', 'temporal-unavailable'),
  },
})

export const resumeAttention = createRoute({
  method: 'post',
  path: '/v1/attention/{reason}/resume',
  operationId: 'resumeAttention',
  tags,
  summary: 'Resumes all customers who are parked for one reason',
  security: OPERATOR,
  request: { params: z.object({ reason }) },
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
  },
  responses: {
    200: json('The progress.', ResumeProgress, {
      reason: 'contact-of-another-customer',
      state: 'completed',
      total: 3,
      resumed: 3,
      failed: 0,
      since: '2026-11-24T09:00:00.000Z',
    }),
    ...problems('unauthorized', 'not-found', 'unknown-resume', 'overloaded', 'temporal-unavailable'),
  },
})
