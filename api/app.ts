// The API's routes and middleware put together; what tests call.

import { Hono } from 'hono'
import { methodNotAllowed } from 'hono/method-not-allowed'
import { requestId } from 'hono/request-id'
import { secureHeaders } from 'hono/secure-headers'
import type { Logger } from '../platform/logger.ts'
import { Lane, OPERATORS } from './middleware/admission.ts'
import { countWebhooks } from './middleware/count-webhooks.ts'
import { operatorOnly } from './middleware/operator-only.ts'
import { notFound, onProblem, Problem } from './middleware/problem.ts'
import type { Onboardings } from './onboardings.ts'
import { customerRoutes } from './routes/customers.ts'
import { opsRoutes } from './routes/ops.ts'
import { webhookRoutes } from './routes/webhooks.ts'

export interface AppOptions {
  onboardings: Onboardings
  webhookSecrets: string[]
  operatorTokens: string[]
  temporalUiUrl: string | null
  logger: Logger
}

export function createApp({ onboardings, webhookSecrets, operatorTokens, temporalUiUrl, logger }: AppOptions): Hono {
  const app = new Hono()
  app.onError(onProblem(logger))
  app.notFound(notFound)

  app.use(requestId())
  // The pages have styles of their own in them, and nothing from anywhere else.
  app.use(
    secureHeaders({
      contentSecurityPolicy: { defaultSrc: ["'none'"], styleSrc: ["'unsafe-inline'"], frameAncestors: ["'none'"] },
    }),
  )
  app.use(
    methodNotAllowed({
      app,
      onMethodNotAllowed: (_, methods) => {
        throw new Problem({
          status: 405,
          code: 'method-not-allowed',
          detail: `This address answers ${methods.join(', ')}.`,
          headers: { allow: methods.join(', ') },
        })
      },
    }),
  )
  app.use('/v1/*', operatorOnly(operatorTokens), new Lane(OPERATORS).admit())
  app.use('/webhooks/*', countWebhooks)

  app.route('/', webhookRoutes(onboardings, webhookSecrets))
  app.route('/', customerRoutes(onboardings))
  app.route('/', opsRoutes(onboardings, temporalUiUrl))
  return app
}
