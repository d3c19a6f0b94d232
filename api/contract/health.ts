// The contract of the health checks, for supervisors, and of the page of errors.

import { createRoute } from '@hono/zod-openapi'
import { z } from 'zod'
import { json } from './responses.ts'

const Healthy = z.object({ status: z.literal('ok') }).meta({ id: 'Healthy' })
const Unhealthy = z
  .object({
    status: z.literal('unavailable'),
    failing: z.array(z.string()).meta({ description: 'The parts that are not ready.' }),
  })
  .meta({ id: 'Unhealthy' })

export const live = createRoute({
  method: 'get',
  path: '/health/live',
  operationId: 'live',
  tags: ['Health'],
  summary: 'Shows whether the process is alive',
  security: [],
  responses: { 200: json('The process is alive.', Healthy, { status: 'ok' }) },
})

export const ready = createRoute({
  method: 'get',
  path: '/health/ready',
  operationId: 'ready',
  tags: ['Health'],
  summary: 'Shows whether events can be stored',
  description:
    'Answers within three seconds. It does not check HubSpot: onramp accepts events while HubSpot is unavailable.',
  security: [],
  responses: {
    200: json('Events can be stored.', Healthy, { status: 'ok' }),
    503: json('Events cannot be stored.', Unhealthy, { status: 'unavailable', failing: ['temporal'] }),
  },
})

export const errors = createRoute({
  method: 'get',
  path: '/errors',
  operationId: 'errors',
  tags: ['Health'],
  summary: 'Explains each error and what to do about it',
  description: 'The `type` of each problem points to a section of this page.',
  security: [],
  responses: {
    200: {
      description: 'An HTML page with a section for each error.',
      content: {
        'text/html': { schema: z.string(), example: '<h1>What went wrong, and what to do</h1>' },
      },
    },
  },
})
