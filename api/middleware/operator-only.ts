// Lets through only operators: those who bring one of the configured bearer tokens, and to changes only with a full one.

import type { MiddlewareHandler } from 'hono'
import { bearerAuth } from 'hono/bearer-auth'
import { HTTPException } from 'hono/http-exception'
import { parseOperatorToken, scopeOf } from '../../platform/operator-tokens.ts'
import type { Scope } from '../../platform/operator-tokens.ts'
import { Problem } from './problem.ts'

/**
 * Without a configured token nobody is let through.
 *
 * @param tokens in the forms of OPERATOR_TOKENS
 * @throws Problem 401, 403 `read-only-token`
 */
export function operatorOnly(tokens: string[]): MiddlewareHandler {
  const known = tokens.flatMap((token) => parseOperatorToken(token) ?? [])

  return async function requireOperator(c, next) {
    let scope: Scope | null = null
    const check = bearerAuth({
      verifyToken: (token) => {
        scope = scopeOf(token, known)
        return scope !== null
      },
    })
    try {
      await check(c, async () => {})
    } catch (error) {
      if (!(error instanceof HTTPException)) throw error
    }
    if (scope === null) throw new Problem('unauthorized', { headers: { 'www-authenticate': 'Bearer' } })
    if (scope === 'read' && c.req.method !== 'GET' && c.req.method !== 'HEAD') throw new Problem('read-only-token')
    await next()
  }
}
