// The frame of every page, and the only function that puts values into HTML.

import type { Emulator } from '../emulator.ts'

export interface Page {
  status: number
  html: string
}

/** HTML that is safe to insert. It is a class, so that no plain string gets into a page unescaped by mistake. */
export class Html {
  readonly text: string

  constructor(text: string) {
    this.text = text
  }
}

type Insertable = string | number | Html | readonly Html[] | null | undefined

/** A template that escapes every inserted text. It inserts `Html` unchanged, and nothing for an absent value. */
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
  /** The revision that the page polls. The page reloads when the revision changes. */
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
