// Puts the API's routes and middleware together; tests call the app without a port.

import { OpenAPIHono } from '@hono/zod-openapi'
import type { Hono } from 'hono'
import type { BlankEnv } from 'hono/types'
import { methodNotAllowed } from 'hono/method-not-allowed'
import { requestId } from 'hono/request-id'
import type { Logger } from '../platform/logger.ts'
import type { OperatorToken } from '../platform/operator-tokens.ts'
import type { EncryptingCodec } from '../platform/payloads/payload-codec.ts'
import { ConcurrencyLimit, OPERATORS } from './middleware/concurrency-limit.ts'
import type { ParkedCustomers } from './temporal/parked-customers.ts'
import type { StuckRuns } from './temporal/stuck-runs.ts'
import { consoleRoutes } from './console/console.ts'
import { sessionOr } from './console/login.ts'
import { Sessions } from './console/sessions.ts'
import { registerComponents } from './contract/document.ts'
import { errorHandler, notFound } from './middleware/error-handlers.ts'
import { rejectInvalid } from './middleware/invalid-request.ts'
import { EventRate } from './middleware/event-rate.ts'
import { operatorOnly } from './middleware/operator-only.ts'
import { securityHeaders } from './middleware/security-headers.ts'
import { setFieldMessages } from './problems/field-errors.ts'
import { Problem } from './problems/problem.ts'
import type { CustomerList } from './temporal/customer-list.ts'
import type { Installation } from './temporal/installation.ts'
import type { Onboardings } from './temporal/onboardings.ts'
import { attentionRoutes } from './routes/attention.ts'
import { codecRoutes, fromTemporalUi } from './routes/codec.ts'
import { customerRoutes } from './routes/customers.ts'
import { docsRoutes } from './routes/docs.ts'
import { opsRoutes } from './routes/health-and-pages.ts'
import { stuckRoutes } from './routes/stuck.ts'
import { webhookRoutes } from './routes/webhooks.ts'

export interface AppOptions {
  onboardings: Onboardings
  customerList: CustomerList
  parkedCustomers: ParkedCustomers
  stuckRuns: StuckRuns
  installation: Installation
  webhookSecrets: string[]
  operatorTokens: OperatorToken[]
  /** Base address of the Temporal UI; `null` omits the links to it. */
  temporalUiUrl: string | null
  codec: EncryptingCodec
  logger: Logger
  /** The clock of the console's sessions, in milliseconds since the epoch. */
  now?: () => number
}

export function createApp(options: AppOptions): Hono {
  const { onboardings, customerList, parkedCustomers, stuckRuns, webhookSecrets, operatorTokens } = options
  const { temporalUiUrl, codec, logger } = options
  setFieldMessages()
  const app = new OpenAPIHono<BlankEnv>({ defaultHook: rejectInvalid })
  registerComponents(app)
  app.onError(errorHandler(logger))
  app.notFound(notFound)

  app.use(requestId())
  app.use(securityHeaders())
  app.use(
    methodNotAllowed({
      app,
      onMethodNotAllowed: (_, methods) => {
        const allowed = methods.join(', ')
        throw new Problem('method-not-allowed', {
          detail: `This path accepts only ${allowed}.`,
          headers: { allow: allowed },
        })
      },
    }),
  )
  // The operator API and the console share the slots.
  const limit = new ConcurrencyLimit(OPERATORS)
  app.use('/v1/*', operatorOnly(operatorTokens), limit.acquireSlot())
  // It asks Temporal nothing, so that it needs no slot.
  const sessions = new Sessions(operatorTokens, webhookSecrets, options.now)
  app.use('/codec/*', fromTemporalUi(temporalUiUrl), sessionOr(sessions, operatorOnly(operatorTokens)))

  const eventRate = new EventRate()
  app.use('/webhooks/customers', eventRate.count())
  app.route('/', webhookRoutes({ onboardings, secrets: webhookSecrets, logger }))
  app.route('/', customerRoutes(onboardings, customerList))
  app.route('/', attentionRoutes(parkedCustomers, stuckRuns))
  app.route('/', stuckRoutes(stuckRuns, logger))
  app.route('/', codecRoutes(codec))
  app.route('/', opsRoutes(onboardings))
  app.route('/', docsRoutes(app))
  app.route('/', consoleRoutes({ ...options, sessions, eventRate, limit }))
  return app
}
