// The page at `/`: the paths of the API.

import { html } from 'hono/html'
import { page } from './page.ts'

/** @param temporalUiUrl base address of the Temporal UI; `null` omits the link */
export function frontPage(temporalUiUrl: string | null) {
  return page(
    'onramp',
    html`
      <h1>onramp</h1>
      <p>Creates your product’s customers in HubSpot and keeps them correct there.</p>
      <dl>
        <dt>POST /webhooks/customers</dt>
        <dd>The product’s events, signed as in Standard Webhooks.</dd>
        <dt>GET /v1/customers</dt>
        <dd>
          All customers, filtered by <code>?phase=</code> or <code>?attention=</code>; operators send a bearer token.
        </dd>
        <dt>POST /v1/customers/find</dt>
        <dd>A customer by an e-mail address or by HubSpot’s id of the contact.</dd>
        <dt>GET /v1/customers/{customerId}</dt>
        <dd>The status of one customer and what happened so far.</dd>
        <dt>GET /v1/attention</dt>
        <dd>How many customers are parked, and why.</dd>
        <dt>POST /codec/decode</dt>
        <dd>What Temporal stores, in clear, for the Temporal UI and CLI; operators send a bearer token.</dd>
        <dt><a href="/docs">GET /docs</a></dt>
        <dd>Every route, with examples; <a href="/openapi.json">/openapi.json</a> for programs (OpenAPI 3.1).</dd>
        <dt><a href="/health/ready">GET /health/ready</a></dt>
        <dd>Whether events can be stored; <a href="/health/live">/health/live</a>: whether the process is alive.</dd>
        <dt><a href="/errors">GET /errors</a></dt>
        <dd>Each error and what to do about it.</dd>
        ${
          temporalUiUrl === null
            ? ''
            : html`<dt><a href="${temporalUiUrl}">Temporal UI</a></dt>
                <dd>Every onboarding, step by step.</dd>`
        }
      </dl>
    `,
  )
}
