// Counts webhook requests by what became of them, so that forged or broken ones are seen without a look into the log.

import type { MiddlewareHandler } from 'hono'
import { metrics } from '../../platform/metrics.ts'
import { Problem } from './problem.ts'

export const countWebhooks: MiddlewareHandler = async function countWebhook(c, next) {
  await next()
  const { error } = c
  const isProblem = error instanceof Problem
  const outcome = isProblem ? error.code : error ? 'internal' : 'accepted'
  metrics.webhooks.inc({ outcome, cause: isProblem ? (error.options.cause ?? '') : '' })
}
