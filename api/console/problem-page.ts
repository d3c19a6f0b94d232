// A problem as a page of the console: what is wrong and what to do.

import { html } from 'hono/html'
import type { FieldError } from '../problems/problems.ts'
import { PROBLEMS } from '../problems/problems.ts'
import type { ProblemCode } from '../problems/problems.ts'
import type { Html } from './markup.ts'

export function problemBody(code: ProblemCode, detail?: string, errors: FieldError[] = []): Html {
  return html`
    <h1>${PROBLEMS[code].title}</h1>
    <p>${detail ?? PROBLEMS[code].detail}</p>
    ${
      errors.length === 0
        ? ''
        : html`<ul>
            ${errors.map(({ path, message }) => html`<li><code>${path}</code> ${message}</li>`)}
          </ul>`
    }
    <p><a href="/errors#${code}">More about it</a> · <a href="/console">Overview</a></p>
  `
}
