// The page at `/`: what is where.

import { html } from 'hono/html'
import { page } from './page.ts'

/** @param temporalUiUrl Temporal's web page; `null` leaves it out */
export function frontPage(temporalUiUrl: string | null) {
  return page(
    'onramp',
    html`
      <h1>onramp</h1>
      <p>Takes customers into HubSpot and keeps them right there.</p>
      <dl>
        <dt>POST /webhooks/customers</dt>
        <dd>The product’s events, signed as Standard Webhooks says.</dd>
        <dt>GET /v1/customers</dt>
        <dd>All customers, by <code>?phase=</code> or <code>?attention=</code>, for operators with a bearer token.</dd>
        <dt>GET /v1/customers/{customerId}</dt>
        <dd>Where one customer is, and what happened so far.</dd>
        <dt>GET /v1/attention</dt>
        <dd>How many customers wait for a person, and why.</dd>
        <dt><a href="/docs">GET /docs</a></dt>
        <dd>Every route, with examples; <a href="/openapi.json">/openapi.json</a> for programs (OpenAPI 3.1).</dd>
        <dt><a href="/health/ready">GET /health/ready</a></dt>
        <dd>Whether events can be taken; <a href="/health/live">/health/live</a> whether the process lives.</dd>
        <dt><a href="/errors">GET /errors</a></dt>
        <dd>Each error, and what to do about it.</dd>
        ${
          temporalUiUrl === null
            ? ''
            : html`<dt><a href="${temporalUiUrl}">Temporal</a></dt>
                <dd>Every onboarding, step by step.</dd>`
        }
      </dl>
    `,
  )
}
