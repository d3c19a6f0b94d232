// The console of operators: login, pages, commands and their middleware.

import { Hono } from 'hono'
import { compress } from 'hono/compress'
import { csrf } from 'hono/csrf'
import { html } from 'hono/html'
import { HTTPException } from 'hono/http-exception'
import type { Context, MiddlewareHandler } from 'hono'
import type { ContentfulStatusCode } from 'hono/utils/http-status'
import type { Logger } from '../../platform/logger.ts'
import type { OperatorToken } from '../../platform/operator-tokens.ts'
import type { ConcurrencyLimit, ResponseDeadline } from '../middleware/concurrency-limit.ts'
import { logUnexpected } from '../middleware/error-handlers.ts'
import { smallBody } from '../middleware/json-body.ts'
import { isReading } from '../middleware/operator-only.ts'
import type { EventRate } from '../middleware/event-rate.ts'
import { Problem } from '../problems/problem.ts'
import { PROBLEMS, retryHeader } from '../problems/problems.ts'
import type { CustomerList } from '../temporal/customer-list.ts'
import type { Installation } from '../temporal/installation.ts'
import type { Onboardings } from '../temporal/onboardings.ts'
import type { ParkedCustomers } from '../temporal/parked-customers.ts'
import type { StuckRuns } from '../temporal/stuck-runs.ts'
import { assetRoutes } from './assets.ts'
import { attentionCommands } from './attention-commands.ts'
import { customerCommands } from './customer-commands.ts'
import { frame, page } from './layout.ts'
import type { Html } from './markup.ts'
import { authenticated, loginRoutes } from './login.ts'
import { pageRoutes } from './page-routes.ts'
import { problemBody } from './problem-page.ts'
import type { Authenticated, Session, Sessions } from './sessions.ts'
import { Sources } from './sources.ts'
import { Streams } from './streams.ts'

export interface ConsoleOptions {
  onboardings: Onboardings
  customerList: CustomerList
  parkedCustomers: ParkedCustomers
  stuckRuns: StuckRuns
  installation: Installation
  eventRate: EventRate
  sessions: Sessions
  operatorTokens: OperatorToken[]
  temporalUiUrl: string | null
  logger: Logger
  /** The slots that the operator API uses, so that both together ask Temporal no more than one. */
  limit: ConcurrencyLimit
}

export function consoleRoutes(options: ConsoleOptions): Hono {
  const { sessions, operatorTokens, temporalUiUrl, logger, limit } = options
  const sources = new Sources(options)
  const streams = new Streams(sessions)

  const routes = new Hono()
  routes.onError((error, c) => answerError(error, c))
  routes.use('/console/*', compress(), csrf({ origin: isOwnOrigin }), smallForms())
  routes.route('/', assetRoutes())
  routes.route('/', loginRoutes(sessions, { hasTokens: operatorTokens.length > 0, logger }))
  routes.use('/console/*', authenticated(sessions), fullOnly)
  routes.use('/console/*', slotExceptForStreams(limit))
  routes.route('/', pageRoutes({ sources, streams, temporalUiUrl }))
  routes.route('/', customerCommands({ ...options, sources }))
  routes.route('/', attentionCommands(options))
  routes.all('/console/*', () => {
    throw new Problem('not-found')
  })
  return routes

  function answerError(error: Error, c: Context): Response | Promise<Response> {
    const session = c.get('session') as Session | undefined
    const show = (title: string, body: Html, status: ContentfulStatusCode) =>
      c.html(
        session === undefined
          ? frame(title, html`<main class="login"><article>${body}</article></main>`)
          : page({ title, session, temporalUiUrl }, html`<section class="card alone">${body}</section>`),
        status,
      )
    // The only one is that of the guard against foreign forms.
    if (error instanceof HTTPException)
      return show(
        FOREIGN,
        html`<h1>${FOREIGN}</h1>
          <p>${FOREIGN_DETAIL}</p>`,
        403,
      )
    logUnexpected(logger, error, c)
    const { code, options: problem } = error instanceof Problem ? error : new Problem('internal')
    for (const [name, value] of Object.entries({ ...problem.headers, ...retryHeader(code) })) c.header(name, value)
    const { title, status } = PROBLEMS[code]
    // A script asks for a stream, and nobody reads its page.
    if (isStream(c)) return c.text(`${title}.`, status)
    return show(title, problemBody(code, problem.detail, problem.errors), status)
  }
}

/** @throws Problem 413 `too-large` */
function smallForms(): MiddlewareHandler {
  const readSmallBody = smallBody()
  return async function readSmallForm(c, next) {
    return c.req.method === 'POST' ? await readSmallBody(c, next) : await next()
  }
}

// A slot is for questions that end.
function slotExceptForStreams(limit: ConcurrencyLimit): MiddlewareHandler<ResponseDeadline> {
  const [acquire, reject] = [limit.acquireSlot(), limit.rejectIfFull()]
  return async function useSlot(c, next) {
    return isStream(c) ? await reject(c, next) : await acquire(c, next)
  }
}

function isStream(c: Context): boolean {
  return c.req.path.startsWith('/console/live')
}

const FOREIGN = 'The form came from another site'
const FOREIGN_DETAIL = 'It had no effect. Open the console itself and try again.'

/** @throws Problem 403 `read-only-token` */
const fullOnly: MiddlewareHandler<Authenticated> = async function requireFullToken(c, next) {
  if (c.get('session').scope === 'read' && !isReading(c.req)) throw new Problem('read-only-token')
  await next()
}

/** A proxy that ends TLS changes the scheme of the address, so that only the host counts. */
function isOwnOrigin(origin: string, c: Context): boolean {
  return URL.canParse(origin) && new URL(origin).host === new URL(c.req.url).host
}
