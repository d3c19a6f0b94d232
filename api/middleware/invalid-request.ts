// Answers a request whose path or query does not match the description of its route.

import type { Hook } from '@hono/zod-openapi'
import type { Env } from 'hono'
import { fieldErrors } from '../problems/field-errors.ts'
import { Problem } from '../problems/problem.ts'

/** @throws Problem 404 `not-found` for a wrong path, 422 `invalid-query` for a wrong query */
export const rejectInvalid: Hook<unknown, Env, string, void> = function rejectInvalid(result) {
  if (result.success) return
  if (result.target === 'param') throw new Problem('not-found')
  throw new Problem('invalid-query', { errors: fieldErrors(result.error) })
}
