// What a route's path or query must be and is not, as a problem.

import type { Hook } from '@hono/zod-openapi'
import type { Env } from 'hono'
import { errorsOf, Problem } from './problem.ts'

/** @throws Problem 404 for a path that leads nowhere, 422 for a query */
export const refuseInvalid: Hook<unknown, Env, string, void> = function refuseInvalid(result) {
  if (result.success) return
  if (result.target === 'param') throw nothingHere()
  throw new Problem({
    status: 422,
    code: 'invalid-query',
    detail: 'The list cannot be filtered like this; `errors` says why.',
    errors: errorsOf(result.error),
  })
}

function nothingHere(): Problem {
  return new Problem({
    status: 404,
    code: 'not-found',
    detail: 'There is nothing at this address. `/` says what is where.',
  })
}
