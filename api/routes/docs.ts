// Serves the OpenAPI document at /openapi.json, and the same as a page at /docs.

import type { OpenAPIHono } from '@hono/zod-openapi'
import { Hono } from 'hono'
import { DOCUMENT } from '../contract/document.ts'
import { docsPage } from '../pages/docs-page.ts'
import type { ShownDocument } from '../pages/docs-page.ts'

/** @param app the app with all routes; the document is built at the first request, when all routes are registered */
export function docsRoutes(app: OpenAPIHono): Hono {
  const routes = new Hono()
  let built: object | null = null
  const document = () => (built ??= app.getOpenAPI31Document(DOCUMENT))

  routes.get('/openapi.json', (c) => c.json(document()))

  routes.get('/docs', (c) => c.html(docsPage(document() as ShownDocument)))

  return routes
}
