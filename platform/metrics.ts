// The Prometheus registry of this process and onramp's own metrics. No label holds customer data (G11).

import { collectDefaultMetrics, Counter, Gauge, Registry } from 'prom-client'

export const registry = new Registry()
collectDefaultMetrics({ register: registry })

export const metrics = {
  webhooks: new Counter({
    name: 'onramp_webhooks_total',
    help: 'Webhook requests by outcome: accepted, or the code of the problem. The outcome unsigned also has a cause.',
    labelNames: ['outcome', 'cause'],
    registers: [registry],
  }),
  brokenRequests: new Counter({
    name: 'onramp_broken_requests_total',
    help: 'Requests rejected before routing, by outcome: bad-request, too-slow, headers-too-large, too-many-connections.',
    labelNames: ['outcome'],
    registers: [registry],
  }),
  requests: new Gauge({
    name: 'onramp_requests',
    help: 'Requests that need Temporal, by concurrency limit (lane: events, operators) and state (waiting, active).',
    labelNames: ['lane', 'state'],
    registers: [registry],
  }),
  hubSpotCalls: new Counter({
    name: 'onramp_hubspot_calls_total',
    help: 'Calls to HubSpot by response status; none when no response came.',
    labelNames: ['status'],
    registers: [registry],
  }),
  hubSpotUnauthorized: new Gauge({
    name: 'onramp_hubspot_locked_out',
    help: '1 while HubSpot rejects the token: the circuit breaker is open, and this worker only makes probe calls.',
    registers: [registry],
  }),
}
