// Sets the security headers of every response. Browsers load only what our pages need, and show no page in a frame.

import type { MiddlewareHandler } from 'hono'
import { secureHeaders } from 'hono/secure-headers'

export function securityHeaders(): MiddlewareHandler {
  // The pages have inline styles and load nothing.
  const page = secureHeaders({
    contentSecurityPolicy: { defaultSrc: ["'none'"], styleSrc: ["'unsafe-inline'"], frameAncestors: ["'none'"] },
  })
  // Swagger UI loads its script and style sheet from here, sets inline styles, draws arrows from data: URLs and calls this API.
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
