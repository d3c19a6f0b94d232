// The head of the OpenAPI document; its body comes from the routes.

import { readFileSync } from 'node:fs'
import type { OpenAPIHono } from '@hono/zod-openapi'

const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
  version: string
}

/** What the document says of the whole API. */
export const DOCUMENT = {
  openapi: '3.1.0',
  info: {
    title: 'onramp',
    version,
    summary: 'Takes a company’s customers into HubSpot and keeps them right there.',
    description: 'Every error is a problem document (RFC 9457) whose `type` leads to `/errors`.',
    license: { name: 'MIT', identifier: 'MIT' },
  },
  servers: [{ url: '/', description: 'Where this document was served.' }],
  tags: [
    { name: 'Events', description: 'What the product tells.' },
    { name: 'Customers', description: 'Where each customer is, for operators.' },
    { name: 'Attention', description: 'Who waits for a person, and why, for operators.' },
    { name: 'Health', description: 'For supervisors.' },
  ],
}

/** Names how callers prove who they are. */
export function registerSecurity({ openAPIRegistry }: Pick<OpenAPIHono, 'openAPIRegistry'>): void {
  openAPIRegistry.registerComponent('securitySchemes', 'operator', {
    type: 'http',
    scheme: 'bearer',
    description: 'A token of `OPERATOR_TOKENS`. One of scope `read` gets no further than GET.',
  })
  openAPIRegistry.registerComponent('securitySchemes', 'webhookSignature', {
    type: 'apiKey',
    in: 'header',
    name: 'webhook-signature',
    description:
      'Standard Webhooks: a signature with a secret of `WEBHOOK_SECRETS`, over `webhook-id`, `webhook-timestamp` and the body’s bytes.',
  })
}
