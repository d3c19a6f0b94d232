// The page at `/errors`: docs/errors.md with an anchor at each section. The `type` of a problem points to its section.

import { readFileSync } from 'node:fs'
import { raw } from 'hono/html'
import { Marked } from 'marked'
import { page } from './page.ts'

const MARKDOWN = new URL('../../docs/errors.md', import.meta.url)

const marked = new Marked({
  renderer: {
    // The title of a section is a code or a reason, and also its anchor.
    heading({ tokens, depth, text }) {
      const anchor = depth === 3 ? ` id="${text}"` : ''
      return `<h${depth}${anchor}>${this.parser.parseInline(tokens)}</h${depth}>\n`
    },
    // Links become plain text, since the API does not serve the other pages of the documentation.
    link({ tokens }) {
      return this.parser.parseInline(tokens)
    },
  },
})

export function errorsPage() {
  return page('onramp: errors', raw(marked.parse(readFileSync(MARKDOWN, 'utf8'), { async: false })))
}
