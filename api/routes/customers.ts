// /v1/customers: where each customer is, for operators.

import { OpenAPIHono } from '@hono/zod-openapi'
import type { CustomerDetails } from '../../domain/customer.ts'
import {
  customerStatus,
  eraseCustomer,
  listCustomers,
  ResumeBody,
  resumeCustomer,
  resyncCustomer,
} from '../contract/customers.ts'
import { parseJson, smallBody } from '../middleware/json-body.ts'
import { errorsOf, Problem } from '../middleware/problem.ts'
import type { CustomerList } from '../customer-list.ts'
import type { Onboardings } from '../onboardings.ts'

export function customerRoutes(onboardings: Onboardings, list: CustomerList): OpenAPIHono {
  const routes = new OpenAPIHono()

  routes.openapi(listCustomers, async (c) => c.json(await list.page(c.req.valid('query')), 200))

  routes.openapi(customerStatus, async (c) => c.json(await onboardings.status(c.req.valid('param').customerId), 200))

  routes.openapi({ ...resumeCustomer, middleware: smallBody() }, async (c) => {
    const { customerId } = c.req.valid('param')
    await onboardings.resume(customerId, readCorrection(await c.req.text()))
    return c.json({ customerId, status: 'resumed' } as const, 202)
  })

  routes.openapi(resyncCustomer, async (c) => {
    const { customerId } = c.req.valid('param')
    await onboardings.resync(customerId)
    return c.json({ customerId, status: 'accepted' } as const, 202)
  })

  routes.openapi(eraseCustomer, async (c) => {
    const { customerId } = c.req.valid('param')
    await onboardings.erase(customerId)
    return c.json({ customerId, status: 'accepted' } as const, 202)
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
