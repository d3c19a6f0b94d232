// The Prometheus registry of this process and onramp's own metrics. No label holds customer data (G11).

import type { HubSpotState } from '../domain/hubspot-state.ts'
import { plainPath } from '../domain/ignored-fields.ts'
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
  ignoredFields: new Counter({
    name: 'onramp_ignored_fields_total',
    help: 'Fields of accepted events that onramp does not know, by their path, such as data.plan. After a hundred paths, and for names that are no program’s, the field is other.',
    labelNames: ['field'],
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
  unreadablePayloads: new Counter({
    name: 'onramp_unreadable_payloads_total',
    help: 'Payloads that could not be read, each time it was tried, by cause: unknown-key, clear, other-workflow, forged.',
    labelNames: ['cause'],
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
  hubSpotUnavailable: new Gauge({
    name: 'onramp_hubspot_unavailable',
    help: '1 while HubSpot is unavailable: the steps of three customers in a row got no answer, or an error of HubSpot’s servers.',
    registers: [registry],
  }),
  hubSpotForbidden: new Gauge({
    name: 'onramp_hubspot_forbidden',
    help: '1 for each kind of call that HubSpot answers with 403 for several customers: such calls wait, but for one trial at a time.',
    labelNames: ['kind'],
    registers: [registry],
  }),
  hubSpotBatches: new Counter({
    name: 'onramp_hubspot_batches_total',
    help: 'Requests to HubSpot in which several calls of a kind went together.',
    labelNames: ['kind'],
    registers: [registry],
  }),
  hubSpotBatchRows: new Counter({
    name: 'onramp_hubspot_batch_rows_total',
    help: 'Calls that went together with others in one request to HubSpot.',
    labelNames: ['kind'],
    registers: [registry],
  }),
  hubSpotDailyLimit: new Gauge({
    name: 'onramp_hubspot_daily_limit_reached',
    help: '1 while HubSpot’s daily limit is reached: all calls wait until the portal’s midnight, but for one probe an hour.',
    registers: [registry],
  }),
}

// Prometheus keeps a time series for each. A product has a few dozen fields, but a mistake may make a new name for each event.
const COUNTED_FIELDS = 100
const countedFields = new Set<string>()

/** Counts the ignored fields of an accepted event. */
export function countIgnored(paths: string[]): void {
  for (const field of new Set(paths.map(plainPath))) {
    if (countedFields.size < COUNTED_FIELDS) countedFields.add(field)
    metrics.ignoredFields.inc({ field: countedFields.has(field) ? field : 'other' })
  }
}

/** Adds the gauges of the quota, which are read whenever Prometheus asks. Call it once in a process. */
export function observeQuota(state: () => Pick<HubSpotState, 'quota' | 'waiting'>): void {
  const remaining: Gauge = new Gauge({
    name: 'onramp_hubspot_quota_remaining',
    help: 'Calls that this worker may send to HubSpot now, of the window of ten seconds and without the reserve.',
    registers: [registry],
    collect() {
      remaining.set(state().quota.tenSeconds.left)
    },
  })
  const queue = new Gauge({
    name: 'onramp_hubspot_queue',
    help: 'Calls that wait for quota, by priority: first (onramp’s own probes), live, bulk.',
    labelNames: ['priority'],
    registers: [registry],
    collect() {
      for (const [priority, count] of Object.entries(state().waiting)) queue.set({ priority }, count)
    },
  })
}
