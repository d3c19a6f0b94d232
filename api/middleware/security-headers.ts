// Sets the security headers of every response. Browsers load only what our pages need, and show no page in a frame.

import type { MiddlewareHandler } from 'hono'
import { secureHeaders } from 'hono/secure-headers'

export function securityHeaders(): MiddlewareHandler {
  // The pages have inline styles and load nothing.
  const page = secureHeaders({
    contentSecurityPolicy: { defaultSrc: ["'none'"], styleSrc: ["'unsafe-inline'"], frameAncestors: ["'none'"] },
  })
  // The console loads its scripts and style sheets from here, none of them inline. The style sheet draws icons from data: URLs.
  const console = secureHeaders({
    // With `no-referrer` the browser hides the origin of a form. Without TLS there is no Sec-Fetch-Site either, so that every form,
    // the login too, would be rejected as foreign. No other site gets an address of the console.
    referrerPolicy: 'same-origin',
    contentSecurityPolicy: {
      defaultSrc: ["'none'"],
      scriptSrc: ["'self'"],
      styleSrc: ["'self'"],
      imgSrc: ["'self'", 'data:'],
      connectSrc: ["'self'"],
      formAction: ["'self'"],
      baseUri: ["'none'"],
      frameAncestors: ["'none'"],
    },
  })

  return async function setSecurityHeaders(c, next) {
    const { path } = c.req
    const isConsole = path === '/console' || path.startsWith('/console/')
    return await (isConsole ? console : page)(c, next)
  }
}
