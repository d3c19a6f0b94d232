// The commands on several customers: resume the chosen ones or all of a reason, and reset all stuck runs.

import { Hono } from 'hono'
import { z } from 'zod'
import { ATTENTION_REASONS } from '../../domain/attention.ts'
import { CUSTOMER_ID_PATTERN } from '../../domain/ids.ts'
import type { Logger } from '../../platform/logger.ts'
import { Problem } from '../problems/problem.ts'
import type { Onboardings } from '../temporal/onboardings.ts'
import type { ParkedCustomers } from '../temporal/parked-customers.ts'
import type { StuckRuns } from '../temporal/stuck-runs.ts'
import { withNotice } from './notices.ts'
import { inParallel } from './parked-rows.ts'
import { givenBy } from './sessions.ts'
import type { Authenticated } from './sessions.ts'
import { withQuery } from './words.ts'

// As many as a page shows of one reason and step.
const MAX_CHOSEN = 25
// Without workers each resume takes about 3 s. None begins later than this, so that the response comes within the server's 10 s.
const BEGIN_RESUMES_WITHIN_MS = 5_000

interface AttentionCommandsOptions {
  onboardings: Onboardings
  parkedCustomers: ParkedCustomers
  stuckRuns: StuckRuns
  logger: Logger
}

export function attentionCommands({
  onboardings,
  parkedCustomers,
  stuckRuns,
  logger,
}: AttentionCommandsOptions): Hono<Authenticated> {
  const routes = new Hono<Authenticated>()

  routes.post('/console/attention/:reason/resume', async (c) => {
    const reason = z.enum(ATTENTION_REASONS).safeParse(c.req.param('reason'))
    if (!reason.success) throw new Problem('not-found')
    const { job } = await parkedCustomers.resumeAll(reason.data, givenBy(c.get('session')))
    return c.redirect(`/console/attention/${reason.data}/resume/${job}`, 303)
  })

  routes.post('/console/stuck/reset', async (c) => {
    const { count } = await stuckRuns.reset()
    logger.info({ count, by: givenBy(c.get('session')).by ?? 'unnamed' }, 'an operator resets the stuck runs')
    return c.redirect(withNotice('/console/attention', 'reset', count), 303)
  })

  routes.post('/console/attention/resume', async (c) => {
    const { customer = [] } = await c.req.parseBody({ all: true })
    const customerIds = customerIdsIn([customer].flat())
    if (customerIds.length === 0) return c.redirect(withNotice('/console/attention', 'none-chosen'), 303)
    const notResumed = await resumeChosen(onboardings, customerIds, givenBy(c.get('session')))
    const results = customerIds.map((id): [string, string] => [notResumed.has(id) ? 'not-resumed' : 'customer', id])
    return c.redirect(withQuery('/console/resumed', results), 303)
  })

  // A browser that loads the address of a form again gets the page of the form.
  for (const path of ['/console/attention/resume', '/console/attention/:reason/resume', '/console/stuck/reset'])
    routes.get(path, (c) => c.redirect('/console/attention', 303))
  return routes
}

function customerIdsIn(chosen: unknown[]): string[] {
  const ids = chosen.filter((id): id is string => typeof id === 'string' && CUSTOMER_ID_PATTERN.test(id))
  return [...new Set(ids)].slice(0, MAX_CHOSEN)
}

/** Returns the ids of those whose resume has failed, or for whom there was no time. */
async function resumeChosen(
  onboardings: Onboardings,
  customerIds: string[],
  command: { by: string | null },
): Promise<Set<string>> {
  const notResumed = new Set<string>()
  const beginBy = Date.now() + BEGIN_RESUMES_WITHIN_MS
  await inParallel(customerIds, async (id) => {
    const isResumed = Date.now() < beginBy && (await isResumedNow(onboardings, id, command))
    if (!isResumed) notResumed.add(id)
  })
  return notResumed
}

/** Returns `false` when the resume has failed. With nothing parked there was nothing to resume, so nothing has failed. */
async function isResumedNow(
  onboardings: Onboardings,
  customerId: string,
  command: { by: string | null },
): Promise<boolean> {
  try {
    await onboardings.resume(customerId, command)
    return true
  } catch (error) {
    if (error instanceof Problem) return error.code === 'nothing-parked'
    throw error
  }
}
