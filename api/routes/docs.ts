// Serves the OpenAPI document at /openapi.json and Swagger UI at /docs, with all files from this server.

import { readFileSync } from 'node:fs'
import type { OpenAPIHono } from '@hono/zod-openapi'
import { Hono } from 'hono'
import { docsPage, DOCS_SCRIPT } from '../pages/docs-page.ts'
import { DOCUMENT } from '../contract/document.ts'

const SCRIPT = 'text/javascript; charset=utf-8'
const ASSETS = [
  {
    path: '/docs/swagger-ui.css',
    file: import.meta.resolve('swagger-ui-dist/swagger-ui.css'),
    type: 'text/css; charset=utf-8',
  },
  {
    path: '/docs/swagger-ui-bundle.js',
    file: import.meta.resolve('swagger-ui-dist/swagger-ui-bundle.js'),
    type: SCRIPT,
  },
]

/** @param app the app with all routes; the document is built at the first request, when all routes are registered */
export function docsRoutes(app: OpenAPIHono): Hono {
  const routes = new Hono()
  let document: object | null = null

  routes.get('/openapi.json', (c) => c.json((document ??= app.getOpenAPI31Document(DOCUMENT))))

  routes.get('/docs', (c) => c.html(docsPage()))

  routes.get('/docs/start.js', (c) => c.body(DOCS_SCRIPT, 200, { 'content-type': SCRIPT }))

  for (const { path, file, type } of ASSETS) {
    // The files have nearly two megabytes, few readers open them, and they need no authentication. So each file is read only
    // once, at the first request.
    let asset: Uint8Array<ArrayBuffer> | null = null
    routes.get(path, (c) => {
      asset ??= readFileSync(new URL(file))
      return c.body(asset, 200, { 'content-type': type, 'cache-control': 'max-age=86400' })
    })
  }

  return routes
}
