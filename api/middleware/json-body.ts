// Bodies that are JSON, and not too large to be read.

import type { MiddlewareHandler } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import { Problem } from './problem.ts'

/** The longest body that is read; an event with every field at its longest is below 10 KiB. */
export const BODY_LIMIT_BYTES = 64 * 1024

/** @throws Problem 413, before it reads on */
export function smallBody(): MiddlewareHandler {
  return bodyLimit({
    maxSize: BODY_LIMIT_BYTES,
    onError: () => {
      throw new Problem({ status: 413, code: 'too-large', detail: `A body has at most ${BODY_LIMIT_BYTES} bytes.` })
    },
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
