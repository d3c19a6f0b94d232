// POST /codec/decode: decodes what Temporal stores, for the Temporal UI and CLI.

import { OpenAPIHono } from '@hono/zod-openapi'
import { cors } from 'hono/cors'
import type { MiddlewareHandler } from 'hono'
import { DECODE_LIMIT_BYTES } from '../../domain/limits.ts'
import type { EncryptingCodec } from '../../platform/payloads/payload-codec.ts'
import { CORS, decodePayloads, originsOf, PayloadsBody } from '../../platform/payloads/remote-decoding.ts'
import * as contract from '../contract/codec.ts'
import { bodyText, parseJson, smallBody } from '../middleware/json-body.ts'
import { fieldErrors } from '../problems/field-errors.ts'
import { Problem } from '../problems/problem.ts'

export function codecRoutes(codec: EncryptingCodec): OpenAPIHono {
  const routes = new OpenAPIHono()

  routes.openapi({ ...contract.decodePayloads, middleware: smallBody(DECODE_LIMIT_BYTES) }, async (c) => {
    const parsed = PayloadsBody.safeParse(parseJson(await bodyText(c)))
    if (!parsed.success) throw new Problem('invalid-payloads', { errors: fieldErrors(parsed.error) })
    c.header('cache-control', 'no-store')
    return c.json(decodePayloads(codec, parsed.data), 200)
  })

  return routes
}

/** Lets a browser call from the Temporal UI. A browser asks before (`OPTIONS`), and sends no token with that question. */
export function fromTemporalUi(temporalUiUrl: string | null): MiddlewareHandler {
  const origin = temporalUiUrl === null ? [] : originsOf(temporalUiUrl)
  // With credentials the browser sends the cookie of the console.
  return cors({ origin, allowMethods: CORS.methods, allowHeaders: CORS.headers, credentials: true, maxAge: 600 })
}
