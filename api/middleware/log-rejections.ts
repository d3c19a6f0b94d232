// Logs each event that is rejected, in one line: which event, why, and the paths of the wrong fields, but never a value (G11).

import type { MiddlewareHandler } from 'hono'
import { CUSTOMER_ID_PATTERN } from '../../domain/ids.ts'
import { plainPath } from '../../domain/ignored-fields.ts'
import type { Logger } from '../../platform/logger.ts'
import { Problem } from '../problems/problem.ts'
import { standardHeaders } from './webhook-signature.ts'
import type { ReceivedBody } from './webhook-signature.ts'

export function logRejections(logger: Logger): MiddlewareHandler<ReceivedBody> {
  return async function logRejection(c, next) {
    await next()
    const { error } = c
    // The error handler logs any other error.
    if (!(error instanceof Problem)) return
    const { code, options } = error
    // Under overload there may be thousands a second, so they cost no parsing; the metrics count them.
    const isOverload = code === 'overloaded'
    const line = {
      requestId: c.get('requestId'),
      // Without a valid signature, anybody may have chosen the ids.
      eventId: standardHeaders((name) => c.req.header(name))['webhook-id'],
      customerId: isOverload ? undefined : customerIdIn(c.get('receivedText')),
      code,
      cause: options.cause,
      fields: options.errors && [...new Set(options.errors.map(({ path }) => plainPath(path)))],
    }
    logger[isOverload ? 'debug' : 'warn'](line, 'an event was rejected')
  }
}

/** The customer id in a body, even if the rest of it is wrong. */
function customerIdIn(text: string | undefined): string | undefined {
  if (text === undefined) return undefined
  try {
    const event = JSON.parse(text) as { data?: { customerId?: unknown } | null } | null
    const customerId = event?.data?.customerId
    return typeof customerId === 'string' && CUSTOMER_ID_PATTERN.test(customerId) ? customerId : undefined
  } catch {
    return undefined
  }
}
