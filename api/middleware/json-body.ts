// Bodies that are JSON, and not too large to be read.

import type { MiddlewareHandler } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import { Problem } from './problem.ts'

/** The longest body that is read; an event with every field at its longest is below 10 KiB. */
export const BODY_LIMIT_BYTES = 64 * 1024

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
      throw new Problem({ status: 400, code: 'bad-request', detail: 'The body has ended in the middle.' })
    }
    await next()
  }
}

function refuseLargeBody(): never {
  throw new Problem({
    status: 413,
    code: 'too-large',
    detail: `A body has at most ${BODY_LIMIT_BYTES} bytes.`,
    // What is still under way is not read, so nothing can follow it on the same connection.
    headers: { connection: 'close' },
  })
}

/** @throws Problem 400 */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw new Problem({ status: 400, code: 'not-json', detail: 'The body is not JSON.' })
  }
}
