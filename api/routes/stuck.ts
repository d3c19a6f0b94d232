// /v1/stuck, for operators: lists the customers whose run is stuck, and resets all of these runs.

import { OpenAPIHono } from '@hono/zod-openapi'
import type { Logger } from '../../platform/logger.ts'
import { listStuck, resetProgress, resetStuck } from '../contract/stuck.ts'
import type { Operator } from '../middleware/operator-only.ts'
import type { StuckRuns } from '../temporal/stuck-runs.ts'

export function stuckRoutes(stuck: StuckRuns, logger: Logger): OpenAPIHono<Operator> {
  const routes = new OpenAPIHono<Operator>()

  routes.openapi(listStuck, async (c) => c.json(await stuck.list(), 200))

  routes.openapi(resetStuck, async (c) => {
    const started = await stuck.reset()
    logger.info({ count: started.count, by: c.get('operator') ?? 'unnamed' }, 'an operator resets the stuck runs')
    c.header('location', `/v1/stuck/reset/${started.job}`)
    return c.json(started, 202)
  })

  routes.openapi(resetProgress, async (c) => c.json(await stuck.progress(c.req.valid('param').job), 200))

  return routes
}
