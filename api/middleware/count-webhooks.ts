// Counts webhook requests by what became of them, so that forged or broken ones are seen without a look into the log.

import type { MiddlewareHandler } from 'hono'
import { metrics } from '../../platform/metrics.ts'
import { Problem } from './problem.ts'

export const countWebhooks: MiddlewareHandler = async function countWebhook(c, next) {
  await next()
  const otherwise = { code: c.error ? 'internal' : 'accepted', cause: '' }
  const { code: outcome, cause = '' } = c.error instanceof Problem ? c.error.options : otherwise
  metrics.webhooks.inc({ outcome, cause })
}
