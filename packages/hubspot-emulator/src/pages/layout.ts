// The frame of every page, and the only function that puts values into HTML.

import type { Emulator } from '../emulator.ts'

export interface Page {
  status: number
  html: string
}

/** HTML that is safe to insert. A class instead of a string, so that no text gets into a page unescaped by mistake. */
export class Html {
  readonly text: string

  constructor(text: string) {
    this.text = text
  }
}

type Insertable = string | number | Html | readonly Html[] | null | undefined

/** A template in which every inserted text is escaped. `Html` is inserted unchanged, absent values insert nothing. */
export function html(parts: TemplateStringsArray, ...values: Insertable[]): Html {
  return new Html(parts.map((part, at) => part + (at < values.length ? inserted(values[at]) : '')).join(''))
}

function inserted(value: Insertable): string {
  if (value === null || value === undefined) return ''
  if (value instanceof Html) return value.text
  if (Array.isArray(value)) return value.map((one: Html) => one.text).join('')
  return escaped(String(value as string | number))
}

const ESCAPES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' }

const escaped = (text: string): string => text.replaceAll(/[&<>"']/g, (character) => ESCAPES[character]!)

interface Frame {
  title: string
  current: 'records' | 'journal' | null
  /** The revision that the page polls; it reloads when this one changes. */
  watches: 'portal' | 'journal'
  body: Html
}

export function layout(emulator: Emulator, { title, current, watches, body }: Frame): string {
  const link = (name: string, href: string, text: string) =>
    html`<a href="${href}" ${current === name ? html`aria-current="page"` : null}>${text}</a>`
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <noscript><meta http-equiv="refresh" content="3" /></noscript>
        <title>${title} · HubSpot emulator</title>
        <link rel="stylesheet" href="/page.css" />
        <script src="/page.js" defer></script>
      </head>
      <body data-watches="${watches}" data-revision="${emulator.revisions()[watches]}">
        <header>
          <a class="brand" href="/">HubSpot emulator</a>
          <nav>${link('records', '/', 'Records')}${link('journal', '/journal', 'Requests')}</nav>
          <span class="portal">portal ${emulator.settings.portalId}</span>
          <span class="live" role="status">live</span>
        </header>
        <main>${body}</main>
      </body>
    </html> `.text
}
