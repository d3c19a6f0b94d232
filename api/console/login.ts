// Login and logout.

import { Hono } from 'hono'
import { html } from 'hono/html'
import type { MiddlewareHandler } from 'hono'
import type { Logger } from '../../platform/logger.ts'
import type { Operator } from '../middleware/operator-only.ts'
import { frame } from './layout.ts'
import type { Html } from './markup.ts'
import { LoginLimit } from './login-limit.ts'
import type { Authenticated, Sessions } from './sessions.ts'
import { withQuery } from './words.ts'

/** Lets only operators pass. A page leads to the login; a stream of its changes ends. */
export function authenticated(sessions: Sessions): MiddlewareHandler<Authenticated> {
  return async function requireSession(c, next) {
    const session = await sessions.of(c)
    // Pages hold what only operators may see, and a browser must not show them after the logout.
    c.header('cache-control', 'no-store')
    if (session !== null) {
      c.set('session', session)
      return await next()
    }
    if (c.req.path.startsWith('/console/live')) return c.text('Log in again.', 401)
    // The path of a form leads to the page of the form.
    const wanted = c.req.path + new URL(c.req.url).search
    const lost: [string, string][] = c.req.method === 'POST' ? [['lost', 'form']] : []
    return c.redirect(withQuery('/console/login', [['next', wanted], ...lost]), 303)
  }
}

/** Lets the session of a full token pass, such as in the Temporal UI. Any other request needs what `otherwise` asks for. */
export function sessionOr(sessions: Sessions, otherwise: MiddlewareHandler<Operator>): MiddlewareHandler<Operator> {
  return async function requireSessionOrToken(c, next) {
    const session = await sessions.of(c)
    if (session?.scope !== 'full') return await otherwise(c, next)
    c.set('operator', session.name)
    return await next()
  }
}

export function loginRoutes(sessions: Sessions, { hasTokens, logger }: { hasTokens: boolean; logger: Logger }): Hono {
  const routes = new Hono()
  const limit = new LoginLimit()

  routes.get('/console/login', async (c) => {
    const next = pathAfterLogin(c.req.query('next'))
    c.header('cache-control', 'no-store')
    if ((await sessions.of(c)) !== null) return c.redirect(next, 303)
    const message = c.req.query('lost') === 'form' ? LOST_FORM : null
    return c.html(loginPage({ next, message: hasTokens ? message : NO_TOKENS }))
  })

  routes.post('/console/login', async (c) => {
    const { token, next: wanted } = await c.req.parseBody()
    const next = pathAfterLogin(wanted)
    c.header('cache-control', 'no-store')
    const seconds = limit.secondsToWait(c)
    if (seconds > 0) {
      c.header('retry-after', String(seconds))
      const message = `Too many logins from your address have failed. Try again in ${seconds} s.`
      return c.html(loginPage({ next, message }), 429)
    }
    if (typeof token === 'string' && (await sessions.begin(c, token.trim()))) return c.redirect(next, 303)
    limit.failed(c)
    logger.warn({ code: 'unauthorized' }, 'a login to the console failed')
    return c.html(loginPage({ next, message: hasTokens ? WRONG_TOKEN : NO_TOKENS }), 401)
  })

  routes.post('/console/logout', async (c) => {
    await sessions.end(c)
    return c.redirect('/console/login', 303)
  })

  return routes
}

const LOST_FORM = 'Your session had ended, so what you sent had no effect. Log in, and do it again.'
const WRONG_TOKEN = 'This is no operator token of this onramp. Check it and try again.'
const NO_TOKENS = 'OPERATOR_TOKENS is empty, so nobody can log in. Set it and restart the API.'

/** Only a page of the console: a foreign address would lead operators away. */
function pathAfterLogin(wanted: unknown): string {
  const base = 'http://onramp.invalid'
  if (typeof wanted !== 'string' || !URL.canParse(wanted, base)) return '/console'
  // The browser resolves the path in the same way, with its dots and backslashes.
  const { origin, pathname, search } = new URL(wanted, base)
  const isPage = origin === base && (pathname === '/console' || pathname.startsWith('/console/'))
  return isPage ? pathname + search : '/console'
}

function loginPage({ next, message }: { next: string; message: string | null }): Html {
  return frame(
    'Log in',
    html`<main id="main" class="login">
      <article>
        <h1><span class="mark" aria-hidden="true"></span>onramp</h1>
        <p>Where every customer stands on the way into HubSpot.</p>
        ${message === null ? '' : html`<p class="message message-bad" role="alert">${message}</p>`}
        <form method="post" action="/console/login">
          <input type="hidden" name="next" value="${next}" />
          <label>
            Operator token
            <input
              type="password"
              name="token"
              required
              autofocus
              autocomplete="current-password"
              data-testid="login-token"
            />
          </label>
          <button type="submit" data-testid="login-submit">Log in</button>
        </form>
        <p class="soft">
          <code>npm start</code> prints where it keeps its token. Anywhere else, <code>OPERATOR_TOKENS</code> of the API
          lists the tokens: enter yours without the name and the <code>read:</code> before it.
        </p>
        <p class="soft"><a href="/docs">API</a> · <a href="/errors">Errors</a></p>
      </article>
    </main>`,
  )
}
