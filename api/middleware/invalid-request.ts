// What a route's path or query must be and is not, as a problem.

import type { Hook } from '@hono/zod-openapi'
import type { Env } from 'hono'
import { errorsOf, Problem } from './problem.ts'

/** @throws Problem 404 for a path that leads nowhere, 422 for a query */
export const refuseInvalid: Hook<unknown, Env, string, void> = function refuseInvalid(result) {
  if (result.success) return
  if (result.target === 'param') throw new Problem('not-found')
  throw new Problem('invalid-query', { errors: errorsOf(result.error) })
}
