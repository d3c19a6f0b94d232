// Counts webhook requests by outcome, so that forged and broken requests show in the metrics.

import type { MiddlewareHandler } from 'hono'
import { metrics } from '../../platform/metrics.ts'
import { Problem } from '../problems/problem.ts'

export const countWebhooks: MiddlewareHandler = async function countWebhook(c, next) {
  await next()
  const { error } = c
  const isProblem = error instanceof Problem
  const outcome = isProblem ? error.code : error ? 'internal' : 'accepted'
  metrics.webhooks.inc({ outcome, cause: isProblem ? (error.options.cause ?? '') : '' })
}
