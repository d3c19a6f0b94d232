// /v1/customers: list, status and commands, for operators.

import { OpenAPIHono } from '@hono/zod-openapi'
import { ignoredFields } from '../../domain/events.ts'
import type { CustomerDetails } from '../../domain/events.ts'
import {
  customerStatus,
  eraseCustomer,
  listCustomers,
  ResumeBody,
  resumeCustomer,
  resyncCustomer,
} from '../contract/customers.ts'
import { bodyText, parseJson, smallBody } from '../middleware/json-body.ts'
import { fieldErrors } from '../problems/field-errors.ts'
import { Problem } from '../problems/problem.ts'
import type { CustomerList } from '../temporal/customer-list.ts'
import type { Onboardings } from '../temporal/onboardings.ts'

export function customerRoutes(onboardings: Onboardings, list: CustomerList): OpenAPIHono {
  const routes = new OpenAPIHono()

  routes.openapi(listCustomers, async (c) => c.json(await list.page(c.req.valid('query')), 200))

  routes.openapi(customerStatus, async (c) => c.json(await onboardings.status(c.req.valid('param').customerId), 200))

  routes.openapi({ ...resumeCustomer, middleware: smallBody() }, async (c) => {
    const { customerId } = c.req.valid('param')
    await onboardings.resume(customerId, readCorrection(await bodyText(c)))
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

/**
 * Returns the corrections, or `undefined` when the body is empty or corrects nothing.
 *
 * @throws Problem 400 `not-json`, 422 `invalid-correction`
 */
function readCorrection(text: string): CustomerDetails | undefined {
  if (text.trim() === '') return undefined
  const received = parseJson(text)
  const parsed = ResumeBody.safeParse(received)
  if (!parsed.success) throw new Problem('invalid-correction', { errors: fieldErrors(parsed.error) })
  // An event may have unknown fields. A correction may not: a misspelt field would have no effect, and the operator would wait.
  const unknown = ignoredFields(received, parsed.data)
  if (unknown.length === 0) return parsed.data.customer
  const errors = unknown.map((path) => ({ path, message: 'is not a field that can be corrected' }))
  throw new Problem('invalid-correction', { errors })
}
