// Bodies that are JSON, and not too large to be read.

import type { Context, MiddlewareHandler } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import { BODY_LIMIT_BYTES } from '../../domain/limits.ts'
import { Problem } from './problem.ts'

/**
 * Reads the body; whoever asks for it later gets what was read.
 *
 * @throws Problem 413, before it reads on; 400 when the connection has ended before the body
 */
export function smallBody(): MiddlewareHandler {
  const countingLimit = bodyLimit({ maxSize: BODY_LIMIT_BYTES, onError: refuseLargeBody })

  return async function readSmallBody(c, next) {
    // HTTP holds a body to the length that it says. Only one that says none has to be counted, which makes a stream of it
    // and costs a third of all that is done for a request.
    const length = c.req.header('content-length')
    if (Number(length) > BODY_LIMIT_BYTES) refuseLargeBody()
    const read = async () => void (await c.req.arrayBuffer())
    try {
      if (length !== undefined) await read()
      else await countingLimit(c, read)
    } catch (error) {
      if (error instanceof Problem) throw error
      // The sender is gone or was too slow: nobody reads this, it is only counted.
      throw new Problem('bad-request', { detail: 'The body has ended in the middle.' })
    }
    await next()
  }
}

function refuseLargeBody(): never {
  // What is still under way is not read, so nothing can follow it on the same connection.
  throw new Problem('too-large', { headers: { connection: 'close' } })
}

/**
 * The body that was read, as text. Bytes that are no UTF-8 would be replaced, so that it would say something else.
 *
 * @throws Problem 400
 */
export async function bodyText(c: Context): Promise<string> {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(await c.req.arrayBuffer())
  } catch {
    throw new Problem('not-json', { detail: 'The body is not UTF-8.' })
  }
}

/** @throws Problem 400 */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw new Problem('not-json')
  }
}
