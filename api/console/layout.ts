// The frame of every page of the console: head, navigation, search, and where the live parts connect.

import { html } from 'hono/html'
import { pathOf } from './assets.ts'
import type { Html } from './markup.ts'
import type { Session } from './sessions.ts'

/** htmx without inline styles and without extensions of others. A live part that changes leaves open what a reader has opened. */
const HTMX = JSON.stringify({
  extensions: 'sse',
  includeIndicatorCSS: false,
  mode: 'same-origin',
  history: false,
  morphIgnore: ['data-htmx-powered', 'open'],
  // Milliseconds. The headers of a stream come at once, and a page that is not live tries again soon.
  sse: { connectTimeout: 10_000, reconnectMaxDelay: 10_000 },
})

const NAVIGATION = [
  { path: '/console', name: 'Overview' },
  { path: '/console/customers', name: 'Customers' },
  { path: '/console/attention', name: 'Attention' },
] as const

export interface PageOptions {
  title: string
  session: Session
  /** The entry of the navigation to which the page belongs. */
  at?: (typeof NAVIGATION)[number]['path']
  /** Address of the stream that keeps the page up to date. */
  stream?: string
  temporalUiUrl: string | null
}

/** A page behind the login. */
export function page({ title, session, at, stream, temporalUiUrl }: PageOptions, body: Html): Html {
  return frame(
    title,
    html`
      <a class="skip" href="#main">To the content</a>
      <header class="bar">
        <div class="bar-inner">
          <a class="brand" href="/console"><span class="mark" aria-hidden="true"></span>onramp</a>
          <nav aria-label="Console">
            ${NAVIGATION.map(
              ({ path, name }) => html`<a href="${path}" ${path === at ? html`aria-current="page"` : ''}>${name}</a>`,
            )}
          </nav>
          <form class="search" role="search" method="post" action="/console/find">
            <input
              type="search"
              name="q"
              required
              maxlength="254"
              aria-label="Find a customer"
              placeholder="Customer id, e-mail or HubSpot contact id"
              autocomplete="off"
              data-testid="search"
            />
            <button type="submit" class="small">Find</button>
          </form>
          <div class="who">
            <span>
              ${session.name ?? 'operator'}
              ${session.scope === 'read' ? html`<span class="badge badge-plain">read only</span>` : ''}
            </span>
            <form method="post" action="/console/logout">
              <button type="submit" class="small secondary outline" data-testid="logout">Log out</button>
            </form>
          </div>
        </div>
      </header>
      <main id="main" tabindex="-1">${body}</main>
      <footer>
        <a href="/docs">API</a> <a href="/errors">Errors and what to do</a>
        ${temporalUiUrl === null ? '' : html`<a href="${temporalUiUrl}" rel="noopener">Temporal UI</a>`}
        ${
          stream === undefined
            ? ''
            : html`<span
                id="live"
                role="status"
                hx-sse:connect="${stream}"
                hx-trigger="load, connect"
                hx-swap="none"
                data-live="connecting"
              >
                <span class="live-word">Connecting …</span>
              </span>`
        }
      </footer>
    `,
  )
}

/** The document without navigation, such as that of the login page. */
export function frame(title: string, body: Html): Html {
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <meta name="htmx-config" content="${HTMX}" />
        <title>${title} · onramp</title>
        <link rel="icon" href="data:," />
        <link rel="stylesheet" href="${pathOf('pico.css')}" />
        <link rel="stylesheet" href="${pathOf('console.css')}" />
        <script src="${pathOf('htmx.js')}" defer></script>
        <script src="${pathOf('hx-sse.js')}" defer></script>
        <script src="${pathOf('console.js')}" defer></script>
      </head>
      <body>
        ${body}
      </body>
    </html>`
}
