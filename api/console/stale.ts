// Says that what a page shows is old, since Temporal or a worker does not answer.

import { html } from 'hono/html'
import { Problem } from '../problems/problem.ts'
import { PROBLEMS } from '../problems/problems.ts'
import type { ProblemCode } from '../problems/problems.ts'
import type { Html } from './markup.ts'
import { detailOf } from './problem-page.ts'
import { time } from './words.ts'

const OLD_AFTER_MS = 10_000

/** A page that fills in by itself asks nobody to try again. */
const WHILE_LIVE: { [code in ProblemCode]?: string } = {
  'temporal-unavailable': 'It did not answer in time, or rejected the question.',
  'no-worker': 'Temporal is available, but no worker answered for this customer. No event is lost.',
  internal: 'onramp could not read this, and has logged the error.',
}

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
    <strong>${PROBLEMS[code].title}.</strong> ${detailOf(code, options.detail ?? WHILE_LIVE[code])}
    ${at === null ? 'The page fills in as soon as there is an answer.' : html`The page may be old; asked at ${time(at)}.`}
  </p>`
}
