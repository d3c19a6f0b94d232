// The commands on one customer, and the search: the same calls that the operator API makes, each followed by the page that shows what
// comes of it.

import { Hono } from 'hono'
import type { Context } from 'hono'
import { html } from 'hono/html'
import type { Logger } from '../../platform/logger.ts'
import type { ResponseDeadline } from '../middleware/concurrency-limit.ts'
import { Problem } from '../problems/problem.ts'
import { PROBLEMS } from '../problems/problems.ts'
import type { Onboardings } from '../temporal/onboardings.ts'
import { commandForms } from './command-forms.ts'
import { readCorrection } from './corrections.ts'
import type { Attempt } from './corrections.ts'
import { customerPage, customerParts, valuesCard } from './customer.ts'
import { findCustomers, foundPage } from './find.ts'
import { page } from './layout.ts'
import type { Html } from './markup.ts'
import { detailOf } from './problem-page.ts'
import { withNotice } from './notices.ts'
import { customerIdIn } from './page-routes.ts'
import { givenBy } from './sessions.ts'
import type { Authenticated } from './sessions.ts'
import type { Sources } from './sources.ts'
import { placed, streamOf } from './streams.ts'
import { customerPath } from './words.ts'

type Commanding = Authenticated & ResponseDeadline
type CommandContext = Context<Commanding>

interface CustomerCommandsOptions {
  onboardings: Onboardings
  sources: Sources
  logger: Logger
  temporalUiUrl: string | null
}

export function customerCommands({
  onboardings,
  sources,
  logger,
  temporalUiUrl,
}: CustomerCommandsOptions): Hono<Commanding> {
  const routes = new Hono<Commanding>()

  routes.post('/console/find', async (c) => {
    const text = textIn(await c.req.parseBody(), 'q')
    const found = await findCustomers(onboardings, text, c.get('answerBy'))
    const [first] = found
    // A customer whose runs Temporal has deleted has no page.
    if (first !== undefined && first.phase !== null && found.length === 1)
      return c.redirect(customerPath(first.customerId), 303)
    const options = { title: 'Find', session: c.get('session'), temporalUiUrl }
    return c.html(page(options, foundPage(found)), found.length === 0 ? 404 : 200)
  })

  routes.post('/console/customers/:customerId/values', async (c) => {
    const customerId = customerIdIn(c.req.param('customerId'))
    const values = await onboardings.values(customerId)
    if (values === 'older-version') return await showCustomer(c, { message: OLDER_VERSION, status: 409 })
    // The log names the operator before the page shows the values.
    const { name } = c.get('session')
    logger.info({ customerId, by: name ?? 'unnamed' }, 'an operator looked at the values of a customer')
    return await showCustomer(c, { values: valuesCard(customerId, values) })
  })

  command('resume', async (c, customerId) => {
    await onboardings.resume(customerId, givenBy(c.get('session')))
    return withNotice(customerPath(customerId), 'resumed')
  })

  command('correct', async (c, customerId) => {
    const read = readCorrection(await c.req.parseBody())
    if ('attempt' in read) throw new WrongCorrection(read.attempt)
    const fields = await onboardings.correct(customerId, { ...givenBy(c.get('session')), customer: read.correction })
    return withNotice(customerPath(customerId), 'corrected', fields.length)
  })

  command('resync', async (c, customerId) => {
    const fields = await onboardings.resync(customerId, givenBy(c.get('session')))
    return withNotice(customerPath(customerId), 'resync', fields.length)
  })

  command('erase', async (c, customerId) => {
    if (textIn(await c.req.parseBody(), 'confirmation') !== customerId) throw new WrongConfirmation()
    await onboardings.assertKnown(customerId, c.get('answerBy'))
    await onboardings.erase(customerId, givenBy(c.get('session')), c.get('answerBy'))
    return withNotice(customerPath(customerId), 'erasing')
  })

  command('lift-erasure', async (c, customerId) => {
    await onboardings.liftErasure(customerId, givenBy(c.get('session')))
    return withNotice(customerPath(customerId), 'lifted')
  })

  // A browser that loads the address of a form again gets the page of the form.
  routes.get('/console/customers/:customerId/:command', (c) => c.redirect(customerPath(c.req.param('customerId')), 303))
  routes.get('/console/find', (c) => c.redirect('/console', 303))
  return routes

  /** A command on one customer. It returns where to go next; a command that is rejected shows the customer with the reason. */
  function command(name: string, give: (c: CommandContext, customerId: string) => Promise<string>): void {
    routes.post(`/console/customers/:customerId/${name}`, async (c) => {
      const customerId = customerIdIn(c.req.param('customerId'))
      try {
        const next = await give(c, customerId)
        sources.customer(customerId).expire()
        return c.redirect(next, 303)
      } catch (error) {
        const code = error instanceof Problem ? error.code : null
        if (error instanceof WrongCorrection) return await showCustomer(c, { attempt: error.attempt, status: 422 })
        if (error instanceof WrongConfirmation) return await showCustomer(c, { message: NOT_THE_ID, status: 422 })
        // The customer's page could not be shown either.
        if (code === null || code === 'unknown-customer' || PROBLEMS[code].status === 503) throw error
        const { options } = error as Problem
        const message = html`${PROBLEMS[code].title}. ${detailOf(code, options.detail)}`
        return await showCustomer(c, { message, status: 409 })
      }
    })
  }

  async function showCustomer(c: CommandContext, { message, attempt, values, status = 200 }: Shown): Promise<Response> {
    const customerId = customerIdIn(c.req.param('customerId'))
    const session = c.get('session')
    const live = sources.customer(customerId)
    live.expire()
    const snapshot = await live.latest()
    if (snapshot.value === null) throw snapshot.failure ?? new Problem('unknown-customer')
    const parts = customerParts(snapshot, session)
    const path = `/console/live/customers/${encodeURIComponent(customerId)}`
    const shown = placed(attempt === undefined ? parts : { ...parts, commands: commandForms(snapshot.value, attempt) })
    const note = message ?? (attempt === undefined ? null : html`Nothing was corrected: see the fields below.`)
    const body = customerPage(
      {
        customerId,
        message: note === null ? html`` : html`<p class="message message-bad" role="alert">${note}</p>`,
        values: values ?? html``,
      },
      shown,
    )
    const options = {
      title: customerId,
      at: '/console/customers' as const,
      session,
      stream: streamOf(path, parts),
      temporalUiUrl,
    }
    return c.html(page(options, body), status)
  }
}

interface Shown {
  message?: Html
  attempt?: Attempt
  values?: Html
  status?: 200 | 409 | 422
}

const NOT_THE_ID = html`Nobody was erased: what you typed is not the id of this customer.`

const OLDER_VERSION = html`This customer is still on an older version of onramp, which cannot show values. Nothing is
  wrong: events reach the customer as before. <code>npm run promote</code> moves the customers to the new version; then
  show the values again.`

class WrongCorrection extends Error {
  readonly attempt: Attempt
  constructor(attempt: Attempt) {
    super('the correction is not valid')
    this.attempt = attempt
  }
}

class WrongConfirmation extends Error {}

function textIn(body: { [name: string]: unknown }, name: string): string {
  const text = body[name]
  return typeof text === 'string' ? text.trim() : ''
}
