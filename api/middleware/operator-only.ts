// Authenticates operators by their bearer token. A read-only token allows no changes.

import type { MiddlewareHandler } from 'hono'
import { scopeOf } from '../../platform/operator-tokens.ts'
import type { OperatorToken } from '../../platform/operator-tokens.ts'
import { Problem } from '../problems/problem.ts'

// RFC 6750, section 2.1. The scheme is case-insensitive (RFC 9110, section 11.1).
const CREDENTIALS = /^Bearer +([A-Za-z0-9._~+/-]+=*)$/i

/**
 * When no token is configured, every request is rejected as unauthorized.
 *
 * @throws Problem 401 `unauthorized`, 403 `read-only-token`
 */
export function operatorOnly(tokens: OperatorToken[]): MiddlewareHandler {
  return async function requireOperator(c, next) {
    const token = CREDENTIALS.exec(c.req.header('authorization') ?? '')?.[1]
    const scope = token === undefined ? null : scopeOf(token, tokens)
    if (scope === null) throw new Problem('unauthorized', { headers: { 'www-authenticate': 'Bearer' } })
    if (scope === 'read' && c.req.method !== 'GET' && c.req.method !== 'HEAD') throw new Problem('read-only-token')
    await next()
  }
}
