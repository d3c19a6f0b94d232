// Headers that keep browsers from doing with our pages what they are not meant for.

import type { MiddlewareHandler } from 'hono'
import { secureHeaders } from 'hono/secure-headers'

export function securityHeaders(): MiddlewareHandler {
  // The pages have styles of their own in them, and nothing from anywhere else.
  const page = secureHeaders({
    contentSecurityPolicy: { defaultSrc: ["'none'"], styleSrc: ["'unsafe-inline'"], frameAncestors: ["'none'"] },
  })
  // Swagger UI brings its script and style sheet, sets styles on its elements, draws its arrows from data: addresses, and
  // calls this API.
  const docs = secureHeaders({
    contentSecurityPolicy: {
      defaultSrc: ["'none'"],
      scriptSrc: ["'self'"],
      styleSrc: ["'self'", "'unsafe-inline'"],
      imgSrc: ["'self'", 'data:'],
      connectSrc: ["'self'"],
      frameAncestors: ["'none'"],
    },
  })

  return async function setSecurityHeaders(c, next) {
    return await (c.req.path === '/docs' ? docs : page)(c, next)
  }
}
