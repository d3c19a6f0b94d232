// What supervisors and readers of errors may rely on.

import { createRoute } from '@hono/zod-openapi'
import { z } from 'zod'
import { json } from './answers.ts'

const Healthy = z.object({ status: z.literal('ok') }).meta({ id: 'Healthy' })
const Unhealthy = z
  .object({
    status: z.literal('unavailable'),
    failing: z.array(z.string()).meta({ description: 'The parts that are not fit.' }),
  })
  .meta({ id: 'Unhealthy' })

export const live = createRoute({
  method: 'get',
  path: '/health/live',
  operationId: 'live',
  tags: ['Health'],
  summary: 'Whether the process lives',
  security: [],
  responses: { 200: json('It does.', Healthy, { status: 'ok' }) },
})

export const ready = createRoute({
  method: 'get',
  path: '/health/ready',
  operationId: 'ready',
  tags: ['Health'],
  summary: 'Whether events can be stored',
  description: 'Answers within three seconds. HubSpot is not asked: events are taken while it is away.',
  security: [],
  responses: {
    200: json('They can.', Healthy, { status: 'ok' }),
    503: json('They cannot.', Unhealthy, { status: 'unavailable', failing: ['temporal'] }),
  },
})

export const errors = createRoute({
  method: 'get',
  path: '/errors',
  operationId: 'errors',
  tags: ['Health'],
  summary: 'Each error, and what to do about it',
  description: 'The `type` of each problem leads here.',
  security: [],
  responses: {
    200: {
      description: 'A page for people, with a section for each.',
      content: {
        'text/html': { schema: z.string(), example: '<h1>What went wrong, and what to do</h1>' },
      },
    },
  },
})
