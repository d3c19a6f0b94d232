// Pieces of HTML. The templates of `hono/html` escape every text that they are given.

import type { html } from 'hono/html'

export type Html = ReturnType<typeof html>

/** The markup itself. No template of ours waits for anything, so that it is there at once. */
export function markupOf(part: Html): string {
  if (part instanceof Promise) throw new Error('A template of the console must not wait.')
  return part.toString()
}
