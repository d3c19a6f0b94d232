// The API's own description: for programs at /openapi.json, for people at /docs. Nothing of it comes from elsewhere.

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

/** @param described the app whose routes are described; asked at the first request, when it has them all */
export function docsRoutes(described: OpenAPIHono): Hono {
  const routes = new Hono()
  let document: object | null = null

  routes.get('/openapi.json', (c) => c.json((document ??= described.getOpenAPI31Document(DOCUMENT))))

  routes.get('/docs', (c) => c.html(docsPage()))

  routes.get('/docs/start.js', (c) => c.body(DOCS_SCRIPT, 200, { 'content-type': SCRIPT }))

  for (const { path, file, type } of ASSETS) {
    // Nearly two megabytes, of which few people look at the page: read when first asked for, once, since anybody may ask.
    let asset: Uint8Array<ArrayBuffer> | null = null
    routes.get(path, (c) => {
      asset ??= readFileSync(new URL(file))
      return c.body(asset, 200, { 'content-type': type, 'cache-control': 'max-age=86400' })
    })
  }

  return routes
}
