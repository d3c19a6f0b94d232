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
import { registerComponents } from './contract/document.ts'
import { errorHandler, notFound } from './middleware/error-handlers.ts'
import { rejectInvalid } from './middleware/invalid-request.ts'
import { operatorOnly } from './middleware/operator-only.ts'
import { securityHeaders } from './middleware/security-headers.ts'
import { setFieldMessages } from './problems/field-errors.ts'
import { Problem } from './problems/problem.ts'
import type { CustomerList } from './temporal/customer-list.ts'
import type { Onboardings } from './temporal/onboardings.ts'
import { attentionRoutes } from './routes/attention.ts'
import { codecRoutes, fromTemporalUi } from './routes/codec.ts'
import { customerRoutes } from './routes/customers.ts'
import { docsRoutes } from './routes/docs.ts'
import { opsRoutes } from './routes/health-and-pages.ts'
import { webhookRoutes } from './routes/webhooks.ts'

export interface AppOptions {
  onboardings: Onboardings
  customerList: CustomerList
  parkedCustomers: ParkedCustomers
  webhookSecrets: string[]
  operatorTokens: OperatorToken[]
  /** Base address of the Temporal UI; `null` omits the links to it. */
  temporalUiUrl: string | null
  codec: EncryptingCodec
  logger: Logger
}

export function createApp({
  onboardings,
  customerList,
  parkedCustomers,
  webhookSecrets,
  operatorTokens,
  temporalUiUrl,
  codec,
  logger,
}: AppOptions): Hono {
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
  app.use('/v1/*', operatorOnly(operatorTokens), new ConcurrencyLimit(OPERATORS).acquireSlot())
  // It asks Temporal nothing, so that it needs no slot.
  app.use('/codec/*', fromTemporalUi(temporalUiUrl), operatorOnly(operatorTokens))

  app.route('/', webhookRoutes({ onboardings, secrets: webhookSecrets, logger }))
  app.route('/', customerRoutes(onboardings, customerList))
  app.route('/', attentionRoutes(parkedCustomers))
  app.route('/', codecRoutes(codec))
  app.route('/', opsRoutes(onboardings, temporalUiUrl))
  app.route('/', docsRoutes(app))
  return app
}
