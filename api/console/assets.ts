// The style sheets and scripts of the console: from npm packages and from assets/, each below a path that names its content.

import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { Hono } from 'hono'

const STYLE = 'text/css; charset=utf-8'
const SCRIPT = 'text/javascript; charset=utf-8'

const FILES = {
  'pico.css': { file: import.meta.resolve('@picocss/pico/css/pico.min.css'), type: STYLE },
  'console.css': { file: new URL('assets/console.css', import.meta.url).href, type: STYLE },
  'htmx.js': { file: import.meta.resolve('htmx.org/dist/htmx.min.js'), type: SCRIPT },
  'hx-sse.js': { file: import.meta.resolve('htmx.org/dist/ext/hx-sse.min.js'), type: SCRIPT },
  'console.js': { file: new URL('assets/console.js', import.meta.url).href, type: SCRIPT },
} as const
type Asset = keyof typeof FILES

/** What a path leads to never changes, so that a browser asks for it once. */
const FOREVER = 'public, max-age=31536000, immutable'

const ASSETS = new Map(
  Object.entries(FILES).map(([name, { file, type }]) => {
    // The scripts name a map of their sources, which is not served.
    const text = readFileSync(new URL(file), 'utf8').replace(/\n?\/\/# sourceMappingURL=\S+\s*$/, '\n')
    const hash = createHash('sha256').update(text).digest('base64url').slice(0, 16)
    return [name, { text, type, path: `/console/assets/${hash}/${name}` }]
  }),
)

export function pathOf(asset: Asset): string {
  return ASSETS.get(asset)!.path
}

/** They are served without a login: the login page needs them. */
export function assetRoutes(): Hono {
  const routes = new Hono()
  for (const { text, type, path } of ASSETS.values()) {
    routes.get(path, (c) => c.body(text, 200, { 'content-type': type, 'cache-control': FOREVER }))
  }
  return routes
}
