// The console of operators: login, pages, commands and their middleware.

import { Hono } from 'hono'
import { compress } from 'hono/compress'
import { csrf } from 'hono/csrf'
import { HTTPException } from 'hono/http-exception'
import type { Context, MiddlewareHandler } from 'hono'
import type { Logger } from '../../platform/logger.ts'
import { causeOf } from '../../platform/error-cause.ts'
import type { OperatorToken } from '../../platform/operator-tokens.ts'
import type { ConcurrencyLimit } from '../middleware/concurrency-limit.ts'
import type { EventRate } from '../middleware/event-rate.ts'
import { Problem } from '../problems/problem.ts'
import { PROBLEMS } from '../problems/problems.ts'
import type { ProblemCode } from '../problems/problems.ts'
import type { CustomerList } from '../temporal/customer-list.ts'
import type { Installation } from '../temporal/installation.ts'
import type { Onboardings } from '../temporal/onboardings.ts'
import type { ParkedCustomers } from '../temporal/parked-customers.ts'
import { assetRoutes } from './assets.ts'
import { commandRoutes } from './command-routes.ts'
import { frame, page } from './layout.ts'
import { authenticated, loginRoutes } from './login.ts'
import { pageRoutes } from './page-routes.ts'
import { problemBody } from './problem-page.ts'
import { Sessions } from './sessions.ts'
import type { Authenticated, Session } from './sessions.ts'
import { Sources } from './sources.ts'
import { Streams } from './streams.ts'

export interface ConsoleOptions {
  onboardings: Onboardings
  customerList: CustomerList
  parkedCustomers: ParkedCustomers
  installation: Installation
  eventRate: EventRate
  operatorTokens: OperatorToken[]
  webhookSecrets: string[]
  temporalUiUrl: string | null
  logger: Logger
  /** The slots that the operator API uses, so that both together ask Temporal no more than one. */
  limit: ConcurrencyLimit
  /** The clock of the sessions. */
  now?: () => number
}

export function consoleRoutes(options: ConsoleOptions): Hono {
  const { operatorTokens, webhookSecrets, temporalUiUrl, logger, limit, now } = options
  const sessions = new Sessions(operatorTokens, webhookSecrets, now)
  const sources = new Sources(options)
  const streams = new Streams(sessions)

  const routes = new Hono()
  routes.onError((error, c) => answerError(error, c))
  routes.use('/console/*', compress(), csrf({ origin: isOwnOrigin }))
  routes.route('/', assetRoutes())
  routes.route('/', loginRoutes(sessions, { hasTokens: operatorTokens.length > 0, logger }))
  routes.use('/console/*', authenticated(sessions), fullOnly)
  routes.on(['GET', 'POST'], '/console/*', slotExceptForStreams(limit))
  routes.route('/', pageRoutes({ sources, streams, temporalUiUrl }))
  routes.route('/', commandRoutes({ ...options, sources }))
  return routes

  function answerError(error: Error, c: Context): Response | Promise<Response> {
    const code = codeOf(error)
    if (code === 'internal') {
      logger.error(
        { requestId: c.get('requestId') as string, method: c.req.method, path: c.req.routePath, cause: causeOf(error) },
        'a request failed',
      )
    }
    const { detail, errors } = error instanceof Problem ? error.options : {}
    const body = problemBody(code, error instanceof HTTPException ? FOREIGN : detail, errors)
    const session = c.get('session') as Session | undefined
    const { title } = PROBLEMS[code]
    return c.html(session === undefined ? frame(title, body) : page({ title, session, temporalUiUrl }, body), PROBLEMS[code].status)
  }
}

// A slot is for questions that end.
function slotExceptForStreams(limit: ConcurrencyLimit): MiddlewareHandler {
  const [acquire, reject] = [limit.acquireSlot(), limit.rejectIfFull()]
  return async function useSlot(c, next) {
    return await (c.req.path.startsWith('/console/live') ? reject : acquire)(c, next)
  }
}

const FOREIGN = 'The form came from another site, so it had no effect. Open the console itself and try again.'
// These change nothing, although they are no GET: what they ask for must not stand in a path.
const READING_PATHS = ['/console/find']

/** @throws Problem 403 `read-only-token` */
const fullOnly: MiddlewareHandler<Authenticated> = async function requireFullToken(c, next) {
  const isReading = ['GET', 'HEAD'].includes(c.req.method) || READING_PATHS.includes(c.req.path)
  if (c.get('session').scope === 'read' && !isReading) throw new Problem('read-only-token')
  await next()
}

/** A proxy that ends TLS changes the scheme of the address, so that only the host counts. */
function isOwnOrigin(origin: string, c: Context): boolean {
  return URL.canParse(origin) && new URL(origin).host === new URL(c.req.url).host
}

function codeOf(error: Error): ProblemCode {
  if (error instanceof Problem) return error.code
  return error instanceof HTTPException && error.status === 403 ? 'forbidden-origin' : 'internal'
}
