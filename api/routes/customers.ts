// /v1/customers: where each customer is, for operators.

import { Hono } from 'hono'
import { z } from 'zod'
import { Correction } from '../../domain/customer.ts'
import type { CustomerDetails } from '../../domain/customer.ts'
import { CUSTOMER_ID_PATTERN } from '../../domain/ids.ts'
import { ATTENTION_REASONS, PHASES } from '../../domain/onboarding.ts'
import { parseJson, smallBody } from '../middleware/json-body.ts'
import { errorsOf, notFound, Problem } from '../middleware/problem.ts'
import type { Onboardings } from '../onboardings.ts'

const ResumeBody = z.object({ customer: Correction.optional() })

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
      throw new Problem({
        status: 422,
        code: 'invalid-query',
        detail: 'The list cannot be filtered like this; `errors` says why.',
        errors: errorsOf(query.error),
      })
    }
    return c.json(await onboardings.list(query.data))
  })

  routes.get('/v1/customers/:customerId', async (c) => {
    const customerId = c.req.param('customerId')
    if (!CUSTOMER_ID_PATTERN.test(customerId)) return notFound(c)
    return c.json(await onboardings.status(customerId))
  })

  routes.post('/v1/customers/:customerId/resume', smallBody(), async (c) => {
    const customerId = c.req.param('customerId')
    if (!CUSTOMER_ID_PATTERN.test(customerId)) return notFound(c)
    await onboardings.resume(customerId, readCorrection(await c.req.text()))
    return c.json({ customerId, status: 'resumed' }, 202)
  })

  return routes
}

/** `undefined` for a body that is empty or corrects nothing. */
function readCorrection(text: string): CustomerDetails | undefined {
  if (text.trim() === '') return undefined
  const parsed = ResumeBody.safeParse(parseJson(text))
  if (parsed.success) return parsed.data.customer
  throw new Problem({
    status: 422,
    code: 'invalid-correction',
    detail: 'Nothing was corrected or resumed; `errors` says why.',
    errors: errorsOf(parsed.error),
  })
}
