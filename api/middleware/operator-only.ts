// Lets through only operators: those who bring one of the configured bearer tokens.

import { createHash, timingSafeEqual } from 'node:crypto'
import type { MiddlewareHandler } from 'hono'
import { bearerAuth } from 'hono/bearer-auth'
import { HTTPException } from 'hono/http-exception'
import { Problem } from './problem.ts'

/**
 * Compares digests in constant time; without a configured token nobody is let through.
 *
 * @throws Problem 401
 */
export function operatorOnly(tokens: string[]): MiddlewareHandler {
  const digests = tokens.map(digest)
  const check = bearerAuth({
    verifyToken: (token) => digests.map((known) => timingSafeEqual(known, digest(token))).includes(true),
  })

  return async function requireOperator(c, next) {
    let isOperator = false
    try {
      await check(c, async () => {
        isOperator = true
      })
    } catch (error) {
      if (!(error instanceof HTTPException)) throw error
    }
    if (!isOperator) {
      throw new Problem({
        status: 401,
        code: 'unauthorized',
        detail: 'Send `Authorization: Bearer <token>` with a token of OPERATOR_TOKENS.',
        headers: { 'www-authenticate': 'Bearer' },
      })
    }
    await next()
  }
}

function digest(token: string): Buffer {
  return createHash('sha256').update(token).digest()
}
