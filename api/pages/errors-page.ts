// The page at `/errors`, to which the `type` of every problem leads: docs/errors.md with an anchor at each section.

import { readFileSync } from 'node:fs'
import { raw } from 'hono/html'
import { Marked } from 'marked'
import { page } from './page.ts'

const MARKDOWN = new URL('../../docs/errors.md', import.meta.url)

const marked = new Marked({
  renderer: {
    // A section's title is a code or a reason, which is its own anchor.
    heading({ tokens, depth, text }) {
      const anchor = depth === 3 ? ` id="${text}"` : ''
      return `<h${depth}${anchor}>${this.parser.parseInline(tokens)}</h${depth}>\n`
    },
    // The other pages of the documentation are not served.
    link({ tokens }) {
      return this.parser.parseInline(tokens)
    },
  },
})

export function errorsPage() {
  return page('onramp: errors', raw(marked.parse(readFileSync(MARKDOWN, 'utf8'), { async: false })))
}
