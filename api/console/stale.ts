// Says that what a page shows is old, since Temporal or a worker does not answer.

import { html } from 'hono/html'
import { Problem } from '../problems/problem.ts'
import { PROBLEMS } from '../problems/problems.ts'
import type { Html } from './markup.ts'
import { detailOf } from './problem-page.ts'
import { time } from './words.ts'

const OLD_AFTER_MS = 10_000

/** @param at when the shown answer came; `null` when none has come */
export function ageOf(at: number | null, failure: Error | null): Html {
  if (failure === null) {
    if (at === null || Date.now() - at <= OLD_AFTER_MS) return html``
    return html`<p class="message message-warn" role="status">
      Temporal takes long to answer. The page shows what it said at ${time(at)}.
    </p>`
  }
  const { code, options } = failure instanceof Problem ? failure : new Problem('internal')
  return html`<p class="message message-warn" role="status">
    <strong>${PROBLEMS[code].title}.</strong> ${detailOf(code, options.detail)}
    ${at === null ? 'The page fills in as soon as there is an answer.' : html`The page may be old; asked at ${time(at)}.`}
  </p>`
}
