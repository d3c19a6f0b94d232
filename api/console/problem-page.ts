// A problem as a page of the console: what is wrong and what to do.

import { html } from 'hono/html'
import type { FieldError } from '../problems/problems.ts'
import { PROBLEMS } from '../problems/problems.ts'
import type { ProblemCode } from '../problems/problems.ts'
import type { Html } from './markup.ts'
import { withCode } from './words.ts'

/** The general details are for programs that send requests. Where a reader of a page has another way, these replace them. */
const FOR_READERS: { [code in ProblemCode]?: string } = {
  'not-found': 'This page does not exist. Check its address.',
  'invalid-query': 'The address of the page has filters that do not exist.',
  'read-only-token':
    'Your operator token may only read. Log in with a token that OPERATOR_TOKENS lists without `read:`.',
  'unknown-customer':
    'onramp has received no event about this customer, or Temporal has deleted their completed run. Check the id. The search on top also finds a customer by an e-mail address or by HubSpot’s id of the contact.',
  erased:
    'onramp keeps no data of an erased customer, so there is nothing to write. An erasure cannot be undone; “Lift the erasure” lets later events count again.',
  hung: 'The customer’s workflow task keeps failing, so the onboarding does not answer. No event is lost. Deploy code that fits, or reset all stuck runs on the page “Attention”.',
  'hubspot-unavailable':
    'onramp has no customer with this id, and HubSpot did not say in time whether it has one. Nothing has changed. Try again after a pause.',
  internal: 'onramp could not do this, and has logged the error. Try again.',
  'no-worker':
    'Temporal is available, but no worker answered for this customer. No event is lost. Start a worker with `npm run worker`, or try again after a pause.',
  'temporal-unavailable':
    'Temporal did not answer in time or rejected the request. Try again; a repeat has no further effect.',
  'resume-running':
    'Temporal runs one batch operation at a time, and another one is running. Try again after a pause; the page “Attention” shows who is left.',
  'unknown-resume':
    'The address names no resume of this reason, or Temporal has deleted it since it ended. The page “Attention” shows who is parked now.',
  overloaded: 'Too many requests arrive at once, and this one had no effect. Try again in a moment.',
}

/** What a problem means, for somebody who reads it on a page. */
export function detailOf(code: ProblemCode, detail?: string): Html {
  return withCode(detail ?? FOR_READERS[code] ?? PROBLEMS[code].detail)
}

export function problemBody(code: ProblemCode, detail?: string, errors: FieldError[] = []): Html {
  return html`
    <h1>${PROBLEMS[code].title}</h1>
    <p>${detailOf(code, detail)}</p>
    ${
      errors.length === 0
        ? ''
        : html`<ul>
            ${errors.map(({ path, message }) => html`<li><code>${path}</code> ${withCode(message)}</li>`)}
          </ul>`
    }
    <p><a href="/errors#${code}">More about it</a> · <a href="/console">Overview</a></p>
  `
}
