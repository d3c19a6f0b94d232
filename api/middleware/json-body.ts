// Reads bodies up to a limit, and parses them as JSON.

import type { Context, MiddlewareHandler } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import { BODY_LIMIT_BYTES } from '../../domain/limits.ts'
import { Problem } from '../problems/problem.ts'
import { tooLargeDetail } from '../problems/problems.ts'

/**
 * Reads the whole body. Later readers get the same bytes.
 *
 * @throws Problem 413 `too-large` without reading the rest, 400 `bad-request` when the connection ends before the body does
 */
export function smallBody(limitBytes = BODY_LIMIT_BYTES): MiddlewareHandler {
  const rejectLargeBody = () => rejectBodyOver(limitBytes)
  const countingLimit = bodyLimit({ maxSize: limitBytes, onError: rejectLargeBody })

  return async function readSmallBody(c, next) {
    // Node reads no more than the Content-Length says. Only a body without that header must be counted. Counting turns the body
    // into a stream and costs a third of the work of a request.
    const length = c.req.header('content-length')
    if (Number(length) > limitBytes) rejectLargeBody()
    const read = async () => void (await c.req.arrayBuffer())
    try {
      if (length !== undefined) await read()
      else await countingLimit(c, read)
    } catch (error) {
      if (error instanceof Problem) throw error
      // The sender has closed the connection or was too slow. Nobody reads this response, but the metrics count it.
      throw new Problem('bad-request', {
        detail: 'The connection ended before the body was complete. Send the whole request again.',
      })
    }
    await next()
  }
}

function rejectBodyOver(limitBytes: number): never {
  // The rest of the body stays unread, so no other request can follow on this connection.
  throw new Problem('too-large', { detail: tooLargeDetail(limitBytes), headers: { connection: 'close' } })
}

/**
 * The body as text. Bytes that are not UTF-8 are rejected, because replacing them would change the text that was signed.
 *
 * @throws Problem 400 `not-json`
 */
export async function bodyText(c: Context): Promise<string> {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(await c.req.arrayBuffer())
  } catch {
    throw new Problem('not-json', { detail: 'The body is not valid UTF-8. Send JSON in UTF-8.' })
  }
}

/** @throws Problem 400 `not-json` */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw new Problem('not-json')
  }
}
