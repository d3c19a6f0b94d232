// Counts webhook requests by outcome, so that forged and broken requests show in the metrics.

import type { MiddlewareHandler } from 'hono'
import { metrics } from '../../platform/metrics.ts'
import { WEBHOOK_PROBLEMS } from '../contract/webhooks.ts'
import { Problem } from '../problems/problem.ts'
import { UNSIGNED_CAUSES } from '../problems/unsigned.ts'

// An alert on the first failure of its kind needs the zero before it.
for (const outcome of ['accepted', 'internal', ...WEBHOOK_PROBLEMS]) {
  for (const cause of outcome === 'unsigned' ? UNSIGNED_CAUSES : ['']) metrics.webhooks.inc({ outcome, cause }, 0)
}

export const countWebhooks: MiddlewareHandler = async function countWebhook(c, next) {
  await next()
  const { error } = c
  const isProblem = error instanceof Problem
  const outcome = isProblem ? error.code : error ? 'internal' : 'accepted'
  metrics.webhooks.inc({ outcome, cause: isProblem ? (error.options.cause ?? '') : '' })
}
