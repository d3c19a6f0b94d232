// The contract for operators about stuck runs: the counts, the customers, and the command that resets all of them.

import { createRoute } from '@hono/zod-openapi'
import { z } from 'zod'
import { CustomerId, NO_QUERY, OPERATOR } from './requests.ts'
import { json, Location, problems } from './responses.ts'

const tags = ['Attention']
const count = z.int().min(0)
const job = z.string().max(100)

const kind = z.enum(['task-fails', 'version-without-workers']).meta({
  description:
    '`task-fails`: the workflow task of the run fails again and again. `version-without-workers`: the run stays on a version of the workers that none of them has any more.',
})
const cause = z.string().meta({
  description: 'How the task fails, as Temporal names it; or the version, as `deployment:build id`.',
  example: 'NonDeterministicError',
})

const StuckCause = z
  .object({
    kind,
    cause,
    count,
    customerIds: z.array(CustomerId).meta({ description: 'Up to five customers, the oldest run first.' }),
    whatToDo: z.string(),
  })
  .meta({ id: 'StuckCause', description: 'How many runs are stuck for one cause.' })

export const StuckCounts = z
  .object({
    customers: count.meta({ description: 'How many customers have a stuck run.' }),
    causes: z.array(StuckCause).meta({
      description: 'The causes, the most frequent first. Beyond 1,000 stuck runs, their counts are lower bounds.',
    }),
    links: z.object({
      temporal: z.string().nullable().meta({ description: 'These runs in the Temporal UI; `null` without a UI.' }),
    }),
  })
  .meta({
    id: 'StuckCounts',
    description:
      'Customers whose run does not go on and accepts no command. Their events are stored. `POST /v1/stuck/reset` resets all of them.',
  })
export type StuckCounts = z.output<typeof StuckCounts>

const StuckCustomer = z.object({ customerId: CustomerId, kind, cause }).meta({ id: 'StuckCustomer' })
export type StuckCustomer = z.output<typeof StuckCustomer>

const StuckCustomers = z
  .object({
    customers: z.array(StuckCustomer),
    hasMore: z.boolean().meta({ description: 'More runs are stuck than the list holds.' }),
  })
  .meta({ id: 'StuckCustomers' })
export type StuckCustomers = z.output<typeof StuckCustomers>

const ResetJob = z
  .object({ count, job: z.string().meta({ description: 'The id of this reset.' }) })
  .meta({ id: 'ResetJob', description: 'A reset of all stuck runs, with their number at its start.' })
export type ResetJob = z.output<typeof ResetJob>

const ResetProgress = z
  .object({
    state: z.enum(['running', 'completed', 'failed']),
    total: count,
    reset: count.meta({
      description: 'Runs that start again. Whether each goes on, the status of the customer says.',
    }),
    failed: count.meta({ description: 'Runs that could not be reset, such as those that have just ended.' }),
    since: z.iso.datetime(),
  })
  .meta({ id: 'ResetProgress', description: 'The progress of a reset. Temporal counts in steps of up to 1,000.' })
export type ResetProgress = z.output<typeof ResetProgress>

export const listStuck = createRoute({
  method: 'get',
  path: '/v1/stuck',
  operationId: 'listStuck',
  tags,
  summary: 'Lists up to 1,000 customers whose run is stuck, the oldest run first',
  description:
    'A run whose task fails is on the list after its fifth failure, which takes about a minute; a run without workers a minute and a half after the last worker of its version has stopped.',
  security: OPERATOR,
  request: { query: NO_QUERY },
  responses: {
    200: json('The customers.', StuckCustomers, {
      customers: [{ customerId: 'cus_1', kind: 'task-fails', cause: 'NonDeterministicError' }],
      hasMore: false,
    }),
    ...problems('unauthorized', 'invalid-query', 'overloaded', 'temporal-unavailable'),
  },
})

export const resetStuck = createRoute({
  method: 'post',
  path: '/v1/stuck/reset',
  operationId: 'resetStuck',
  tags,
  summary: 'Resets all stuck runs to their start, on the current version of the workers',
  description:
    'Temporal resets one run after the other, and gives each its signals and commands again. A run starts from the state of the run before it and recognises what it has done in HubSpot, so that nothing is done twice.',
  security: OPERATOR,
  request: { query: NO_QUERY },
  responses: {
    202: json(
      'The reset has started; `location` shows its progress.',
      ResetJob,
      { count: 5, job: 'stuck-4f1c2a52-7a38-4f0e-9a49-0d8a7c1a2b3c' },
      Location,
    ),
    ...problems(
      'unauthorized',
      'read-only-token',
      'nothing-stuck',
      'invalid-query',
      'overloaded',
      'resume-running',
      'temporal-unavailable',
    ),
  },
})

export const resetProgress = createRoute({
  method: 'get',
  path: '/v1/stuck/reset/{job}',
  operationId: 'resetProgress',
  tags,
  summary: 'Shows the progress of such a reset',
  security: OPERATOR,
  request: {
    params: z.object({ job: job.meta({ example: 'stuck-4f1c2a52-7a38-4f0e-9a49-0d8a7c1a2b3c' }) }),
    query: NO_QUERY,
  },
  responses: {
    200: json('The progress.', ResetProgress, {
      state: 'completed',
      total: 5,
      reset: 5,
      failed: 0,
      since: '2026-11-24T09:00:00.000Z',
    }),
    ...problems('unauthorized', 'unknown-reset', 'invalid-query', 'overloaded', 'temporal-unavailable'),
  },
})
