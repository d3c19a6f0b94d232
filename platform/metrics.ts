// The registry of this process and our named numbers in it, as Prometheus reads them. No label holds data of a customer (G11).

import { collectDefaultMetrics, Counter, Gauge, Registry } from 'prom-client'

export const registry = new Registry()
collectDefaultMetrics({ register: registry })

export const metrics = {
  webhooks: new Counter({
    name: 'onramp_webhooks_total',
    help: 'Webhook requests by what became of them: accepted, or the code of the problem; of the unsigned ones with their cause.',
    labelNames: ['outcome', 'cause'],
    registers: [registry],
  }),
  brokenRequests: new Counter({
    name: 'onramp_broken_requests_total',
    help: 'Requests that never became one, by what was wrong: bad-request, too-slow, headers-too-large, too-many-connections.',
    labelNames: ['outcome'],
    registers: [registry],
  }),
  requests: new Gauge({
    name: 'onramp_requests',
    help: 'Requests that need Temporal, by lane (events, operators) and state (waiting, active).',
    labelNames: ['lane', 'state'],
    registers: [registry],
  }),
  hubSpotCalls: new Counter({
    name: 'onramp_hubspot_calls_total',
    help: 'Calls to HubSpot by the status of the answer; none when no answer came.',
    labelNames: ['status'],
    registers: [registry],
  }),
  hubSpotLockedOut: new Gauge({
    name: 'onramp_hubspot_locked_out',
    help: '1 while HubSpot refuses the token and this worker makes no calls but probes.',
    registers: [registry],
  }),
}
