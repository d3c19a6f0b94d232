// Answers a request whose path or query does not match the description of its route.

import type { Hook } from '@hono/zod-openapi'
import type { Env } from 'hono'
import { CUSTOMER_ID_PATTERN } from '../../domain/ids.ts'
import { fieldErrors } from '../problems/field-errors.ts'
import { Problem } from '../problems/problem.ts'

/** @throws Problem 404 `not-found` for a wrong path, 422 `invalid-query` for a wrong query */
export const rejectInvalid: Hook<unknown, Env, string, void> = function rejectInvalid(result, c) {
  if (result.success) return
  if (result.target === 'param') throw noSuchPath(c.req.param('customerId'))
  throw new Problem('invalid-query', { errors: fieldErrors(result.error) })
}

/** An operator often has an e-mail address at hand, and looks for the customer with it. The detail does not repeat the address. */
function noSuchPath(customerId: string | undefined): Problem {
  if (customerId === undefined || CUSTOMER_ID_PATTERN.test(customerId)) return new Problem('not-found')
  const what = customerId.includes('@') ? 'An e-mail address is no customer id' : 'No customer can have this id'
  return new Problem('not-found', {
    detail: `${what}: that is the product’s own id, 1 to 128 of A-Z a-z 0-9 . _ : -. To find a customer by an e-mail address or by the id of the contact in HubSpot, send \`POST /v1/customers/find\` with it in the body, or run \`npm run customer -- find\`.`,
  })
}
