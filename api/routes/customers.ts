// /v1/customers: where each customer is, for operators.

import { Hono } from 'hono'
import { z } from 'zod'
import { CUSTOMER_ID_PATTERN } from '../../domain/ids.ts'
import { ATTENTION_REASONS, PHASES } from '../../domain/onboarding.ts'
import { notFound, Problem } from '../middleware/problem.ts'
import type { Onboardings } from '../onboardings.ts'

const ListQuery = z.object({
  phase: z.enum(PHASES, `must be one of ${PHASES.join(', ')}`).optional(),
  attention: z.enum(ATTENTION_REASONS, `must be one of ${ATTENTION_REASONS.join(', ')}`).optional(),
  cursor: z.string().max(4096, 'must be the `next` of an earlier page').optional(),
})

export function customerRoutes(onboardings: Onboardings): Hono {
  const routes = new Hono()

  routes.get('/v1/customers', async (c) => {
    const query = ListQuery.safeParse(c.req.query())
    if (!query.success) {
      const errors = query.error.issues.map(({ path, message }) => ({ path: path.join('.'), message }))
      throw new Problem({
        status: 422,
        code: 'invalid-query',
        detail: 'The list cannot be filtered like this; `errors` says why.',
        errors,
      })
    }
    return c.json(await onboardings.list(query.data))
  })

  routes.get('/v1/customers/:customerId', async (c) => {
    const customerId = c.req.param('customerId')
    if (!CUSTOMER_ID_PATTERN.test(customerId)) return notFound(c)
    return c.json(await onboardings.status(customerId))
  })

  return routes
}
