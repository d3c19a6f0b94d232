// The general part of the OpenAPI document. The paths and schemas come from the routes.

import type { OpenAPIHono } from '@hono/zod-openapi'
import { version } from '../../platform/start-line.ts'
import { eventComponents } from './events.ts'

/** Everything in the document except routes and schemas. */
export const DOCUMENT = {
  openapi: '3.1.0',
  info: {
    title: 'onramp',
    version,
    summary: 'Creates a product’s customers in HubSpot and keeps them correct there.',
    description: 'Every error is a problem document (RFC 9457) whose `type` points to a section of `/errors`.',
    license: { name: 'MIT', identifier: 'MIT' },
  },
  servers: [{ url: '/', description: 'The server of this document.' }],
  tags: [
    { name: 'Events', description: 'The events that the product sends.' },
    { name: 'Customers', description: 'Status and commands, for operators.' },
    { name: 'Attention', description: 'The parked customers and why they are parked, for operators.' },
    { name: 'Temporal', description: 'For the Temporal UI and CLI.' },
    { name: 'Health', description: 'For supervisors.' },
  ],
}

/** Registers the events, and the two ways in which callers authenticate. */
export function registerComponents({ openAPIRegistry }: Pick<OpenAPIHono, 'openAPIRegistry'>): void {
  for (const [name, schema] of Object.entries(eventComponents())) {
    openAPIRegistry.registerComponent('schemas', name, schema)
  }
  openAPIRegistry.registerComponent('securitySchemes', 'operator', {
    type: 'http',
    scheme: 'bearer',
    description: 'A token of `OPERATOR_TOKENS`. A token of scope `read` may only read.',
  })
  openAPIRegistry.registerComponent('securitySchemes', 'webhookSignature', {
    type: 'apiKey',
    in: 'header',
    name: 'webhook-signature',
    description:
      'Standard Webhooks: a signature over `webhook-id`, `webhook-timestamp` and the bytes of the body, with a secret of `WEBHOOK_SECRETS`.',
  })
}
