// /v1/customers: list, find, status and commands, for operators.

import { OpenAPIHono } from '@hono/zod-openapi'
import type { SoughtContact } from '../../domain/crm.ts'
import type { z } from 'zod'
import { ignoredFields } from '../../domain/events.ts'
import {
  CorrectBody,
  correctCustomer,
  eraseCustomer,
  liftErasure,
  ResumeBody,
  resumeCustomer,
  resyncCustomer,
} from '../contract/customer-commands.ts'
import { customerStatus } from '../contract/customer-status.ts'
import { FindBody, findCustomers, listCustomers } from '../contract/customers.ts'
import type { ResponseDeadline } from '../middleware/concurrency-limit.ts'
import type { Operator } from '../middleware/operator-only.ts'
import { bodyText, parseJson, smallBody } from '../middleware/json-body.ts'
import { fieldErrors } from '../problems/field-errors.ts'
import { Problem } from '../problems/problem.ts'
import type { CustomerList } from '../temporal/customer-list.ts'
import type { Onboardings } from '../temporal/onboardings.ts'

type OfOperators = ResponseDeadline & Operator

export function customerRoutes(onboardings: Onboardings, list: CustomerList): OpenAPIHono<OfOperators> {
  const routes = new OpenAPIHono<OfOperators>()

  routes.openapi(listCustomers, async (c) => c.json(await list.page(c.req.valid('query')), 200))

  routes.openapi({ ...findCustomers, middleware: smallBody() }, async (c) => {
    const customers = await onboardings.find(readSought(await bodyText(c)), c.get('answerBy'))
    return c.json({ customers, next: null }, 200)
  })

  routes.openapi(customerStatus, async (c) => c.json(await onboardings.status(c.req.valid('param').customerId), 200))

  routes.openapi({ ...resumeCustomer, middleware: smallBody() }, async (c) => {
    const { customerId } = c.req.valid('param')
    const text = await bodyText(c)
    const { customer } = text.trim() === '' ? {} : readCorrection(text, ResumeBody)
    await onboardings.resume(customerId, { by: c.get('operator'), ...(customer && { customer }) })
    return c.json({ customerId, status: 'resumed' } as const, 202)
  })

  routes.openapi({ ...correctCustomer, middleware: smallBody() }, async (c) => {
    const { customerId } = c.req.valid('param')
    const { customer } = readCorrection(await bodyText(c), CorrectBody)
    const fields = await onboardings.correct(customerId, { by: c.get('operator'), customer })
    return c.json({ customerId, status: 'accepted', fields } as const, 202)
  })

  routes.openapi(resyncCustomer, async (c) => {
    const { customerId } = c.req.valid('param')
    const fields = await onboardings.resync(customerId, { by: c.get('operator') })
    return c.json({ customerId, status: 'accepted', fields } as const, 202)
  })

  routes.openapi(eraseCustomer, async (c) => {
    const { customerId } = c.req.valid('param')
    const answerBy = c.get('answerBy')
    if (c.req.valid('query').unknown !== 'true') await onboardings.assertKnown(customerId, answerBy)
    await onboardings.erase(customerId, { by: c.get('operator') }, answerBy)
    return c.json({ customerId, status: 'accepted' } as const, 202)
  })

  routes.openapi(liftErasure, async (c) => {
    const { customerId } = c.req.valid('param')
    await onboardings.liftErasure(customerId, { by: c.get('operator') })
    return c.json({ customerId, status: 'accepted' } as const, 202)
  })

  return routes
}

/** @throws Problem 400 `not-json`, 422 `invalid-body` */
function readSought(text: string): SoughtContact {
  const parsed = FindBody.safeParse(parseJson(text))
  if (!parsed.success) throw new Problem('invalid-body', { errors: fieldErrors(parsed.error) })
  const { email, contactId = '' } = parsed.data
  return email === undefined ? { contactId } : { email }
}

/**
 * Returns a body with corrections.
 *
 * @throws Problem 400 `not-json`, 422 `invalid-correction`
 */
function readCorrection<Schema extends typeof ResumeBody | typeof CorrectBody>(
  text: string,
  schema: Schema,
): z.output<Schema> {
  const received = parseJson(text)
  const parsed = schema.safeParse(received)
  if (!parsed.success) throw new Problem('invalid-correction', { errors: fieldErrors(parsed.error) })
  // An event may have unknown fields. A correction may not: a misspelt field would have no effect, and the operator would wait.
  const unknown = ignoredFields(received, parsed.data)
  if (unknown.length === 0) return parsed.data as z.output<Schema>
  const errors = unknown.map((path) => ({ path, message: 'is not a field that can be corrected' }))
  throw new Problem('invalid-correction', { errors })
}
