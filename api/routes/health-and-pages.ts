// Health checks for supervisors, the page of errors, and the way from the front to the console.

import { OpenAPIHono } from '@hono/zod-openapi'
import { healthOf } from '../../platform/health.ts'
import { errors, live, ready } from '../contract/health.ts'
import { errorsPage } from '../pages/errors-page.ts'
import type { Onboardings } from '../temporal/onboardings.ts'

export function opsRoutes(onboardings: Onboardings): OpenAPIHono {
  const routes = new OpenAPIHono()

  routes.openapi(live, (c) => c.json({ status: 'ok' } as const, 200))

  // HubSpot is not checked: the API accepts events during an outage of HubSpot.
  routes.openapi(ready, async (c) => {
    const health = healthOf([(await onboardings.failingPart()) ?? []].flat())
    return health.status === 'ok' ? c.json(health, 200) : c.json(health, 503)
  })

  // The `type` of every problem points here.
  routes.openapi(errors, (c) => c.html(errorsPage()))

  routes.get('/', (c) => c.redirect('/console', 302))

  return routes
}
