// /v1/attention, for operators: counts the parked customers and the stuck runs, and resumes all of them for one reason.

import { OpenAPIHono } from '@hono/zod-openapi'
import type { Operator } from '../middleware/operator-only.ts'
import type { ParkedCustomers } from '../temporal/parked-customers.ts'
import type { StuckRuns } from '../temporal/stuck-runs.ts'
import { listAttention, resumeAttention, resumeProgress } from '../contract/attention.ts'

export function attentionRoutes(parked: ParkedCustomers, stuck: StuckRuns): OpenAPIHono<Operator> {
  const routes = new OpenAPIHono<Operator>()

  routes.openapi(listAttention, async (c) => {
    const [ofParked, ofStuck] = await Promise.all([parked.counts(), stuck.counts()])
    return c.json({ ...ofParked, stuck: ofStuck }, 200)
  })

  routes.openapi(resumeAttention, async (c) => {
    const { reason } = c.req.valid('param')
    const resumed = await parked.resumeAll(reason, { by: c.get('operator') })
    c.header('location', `/v1/attention/${reason}/resume/${resumed.job}`)
    return c.json(resumed, 202)
  })

  routes.openapi(resumeProgress, async (c) => {
    const { reason, job } = c.req.valid('param')
    return c.json(await parked.progress(reason, job), 200)
  })

  return routes
}
