// Health for supervisors, and a page at `/` that says what is where.

import { readFileSync } from 'node:fs'
import { Hono } from 'hono'
import { healthOf } from '../../platform/health.ts'
import { frontPage } from '../front-page.ts'
import type { Onboardings } from '../onboardings.ts'

const ERRORS_PAGE = new URL('../../docs/errors.md', import.meta.url)

export function opsRoutes(onboardings: Onboardings, temporalUiUrl: string | null): Hono {
  const routes = new Hono()

  routes.get('/health/live', (c) => c.json(healthOf([])))

  // HubSpot is not asked: an outage there must not close the front door.
  routes.get('/health/ready', async (c) => {
    const problem = await onboardings.problem()
    return c.json(healthOf(problem === null ? [] : [problem]), problem === null ? 200 : 503)
  })

  // Where the `type` of every problem leads.
  routes.get('/errors', (c) => c.text(readFileSync(ERRORS_PAGE, 'utf8')))

  routes.get('/', (c) => c.html(frontPage(temporalUiUrl)))

  return routes
}
