// Authenticates operators by their bearer token. A read-only token allows no changes.

import type { HonoRequest, MiddlewareHandler } from 'hono'
import { operatorOf } from '../../platform/operator-tokens.ts'
import type { OperatorToken } from '../../platform/operator-tokens.ts'
import { Problem } from '../problems/problem.ts'

// RFC 6750, section 2.1. The scheme is case-insensitive (RFC 9110, section 11.1).
const CREDENTIALS = /^Bearer +([A-Za-z0-9._~+/-]+=*)$/i

// A search is a POST, since what it asks for must not stand in a path.
const SEARCHES = ['/v1/customers/find', '/console/find']

/** Whether the request changes nothing, so that a read-only token is enough. */
export function isReading({ method, path }: HonoRequest): boolean {
  return ['GET', 'HEAD'].includes(method) || SEARCHES.includes(path)
}

/** A variable for the route: the name of the operator's token, for the timeline; `null` for a token without one. */
export interface Operator {
  Variables: { operator: string | null }
}

/**
 * When no token is configured, every request is rejected as unauthorized.
 *
 * @throws Problem 401 `unauthorized`, 403 `read-only-token`
 */
export function operatorOnly(tokens: OperatorToken[]): MiddlewareHandler<Operator> {
  return async function requireOperator(c, next) {
    const token = CREDENTIALS.exec(c.req.header('authorization') ?? '')?.[1]
    const operator = token === undefined ? null : operatorOf(token, tokens)
    if (operator === null) throw new Problem('unauthorized', { headers: { 'www-authenticate': 'Bearer' } })
    if (operator.scope === 'read' && !isReading(c.req)) throw new Problem('read-only-token')
    c.set('operator', operator.name)
    await next()
  }
}
