// The Prometheus registries of a process, and onramp's metrics that are counted where things happen. No label holds customer data (G11).

import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client'
import { ATTENTION_REASONS } from '../domain/attention.ts'
import { plainPath } from '../domain/ignored-fields.ts'
import { STEPS } from '../domain/onboarding.ts'

/** The metrics of every process: Node's own, and payloads that it cannot read. */
export const registry = new Registry()
/** The metrics that only the API has. */
export const apiRegistry = new Registry()
/** The metrics that only a worker has. */
export const workerRegistry = new Registry()
collectDefaultMetrics({ register: registry })

const ofApi = { registers: [apiRegistry] }
const ofWorker = { registers: [workerRegistry] }

// A call to HubSpot takes 100 to 300 ms, and at most HUBSPOT_TIMEOUT_MS, which is 100 s at most.
const CALL_SECONDS = [0.05, 0.1, 0.2, 0.3, 0.5, 1, 2, 5, 10, 30, 100]
// From an onboarding without waits to one that waits for an outage of a day.
const EVENT_SECONDS = [0.5, 1, 2, 5, 10, 30, 60, 300, 900, 3600, 14_400, 86_400]
const ROWS = [1, 2, 5, 10, 20, 50, 100]

export const metrics = {
  webhooks: new Counter({
    name: 'onramp_webhooks_total',
    help: 'Webhook requests by outcome: accepted, or the code of the problem. The outcome unsigned also has a cause.',
    labelNames: ['outcome', 'cause'],
    ...ofApi,
  }),
  ignoredFields: new Counter({
    name: 'onramp_ignored_fields_total',
    help: 'Fields of accepted events that onramp does not know, by their path, such as data.plan. After a hundred paths, and for names that are no program’s, the field is other.',
    labelNames: ['field'],
    ...ofApi,
  }),
  brokenRequests: new Counter({
    name: 'onramp_broken_requests_total',
    help: 'Requests rejected before routing, by outcome: bad-request, too-slow, headers-too-large, too-many-connections.',
    labelNames: ['outcome'],
    ...ofApi,
  }),
  requests: new Gauge({
    name: 'onramp_requests',
    help: 'Requests that need Temporal, by concurrency limit (lane: events, operators) and state (waiting, active, limit). The limit falls while Temporal is too slow.',
    labelNames: ['lane', 'state'],
    ...ofApi,
  }),
  unreadablePayloads: new Counter({
    name: 'onramp_unreadable_payloads_total',
    help: 'Payloads that could not be read, each time it was tried, by cause: unknown-key, clear, other-workflow, forged.',
    labelNames: ['cause'],
    registers: [registry],
  }),
  onboarded: new Histogram({
    name: 'onramp_onboarded_seconds',
    help: 'Time from the event time of the registration until HubSpot has company, contact and association; its count is the number of onboardings. Late deliveries and imports count with their event time. A customer counts twice when the workflow task that reports it is repeated, for example after its worker was killed.',
    buckets: EVENT_SECONDS,
    ...ofWorker,
  }),
  written: new Histogram({
    name: 'onramp_event_written_seconds',
    help: 'Time from the time of an event, or of a correction, until HubSpot has its values; once for each record that gets some. Counts twice when the workflow task that reports it is repeated, for example after its worker was killed.',
    buckets: EVENT_SECONDS,
    ...ofWorker,
  }),
  parked: new Counter({
    name: 'onramp_parked_total',
    help: 'How often a customer was parked, by attention reason and step. Counts twice when the workflow task that reports it is repeated.',
    labelNames: ['reason', 'step'],
    ...ofWorker,
  }),
  hubSpotCalls: new Counter({
    name: 'onramp_hubspot_calls_total',
    help: 'Requests to HubSpot by kind of call and response status; none when no response came.',
    labelNames: ['kind', 'status'],
    ...ofWorker,
  }),
  hubSpotCallSeconds: new Histogram({
    name: 'onramp_hubspot_call_seconds',
    help: 'Duration of requests to HubSpot, without the wait for quota, by kind of call.',
    labelNames: ['kind'],
    buckets: CALL_SECONDS,
    ...ofWorker,
  }),
  hubSpotRows: new Histogram({
    name: 'onramp_hubspot_rows',
    help: 'Calls that went together in one request to HubSpot, by kind of call; 1 for a call that went alone.',
    labelNames: ['kind'],
    buckets: ROWS,
    ...ofWorker,
  }),
  hubSpotLimited: new Counter({
    name: 'onramp_hubspot_limited_total',
    help: 'How often HubSpot has answered 429, by the limit: second (searches), ten-seconds, day.',
    labelNames: ['policy'],
    ...ofWorker,
  }),
  hubSpotUnauthorized: new Gauge({
    name: 'onramp_hubspot_locked_out',
    help: '1 while HubSpot rejects the token: the circuit breaker is open, and this worker only makes probe calls.',
    ...ofWorker,
  }),
  hubSpotUnavailable: new Gauge({
    name: 'onramp_hubspot_unavailable',
    help: '1 while HubSpot is unavailable: the steps of three customers in a row got no answer, or an error of HubSpot’s servers.',
    ...ofWorker,
  }),
  hubSpotForbidden: new Gauge({
    name: 'onramp_hubspot_forbidden',
    help: '1 for each kind of call that HubSpot answers with 403 for several customers: such calls wait, but for one trial at a time.',
    labelNames: ['kind'],
    ...ofWorker,
  }),
  hubSpotDailyLimit: new Gauge({
    name: 'onramp_hubspot_daily_limit_reached',
    help: '1 while HubSpot’s daily limit is reached: all calls wait until the portal’s midnight, but for one probe an hour.',
    ...ofWorker,
  }),
}

for (const outcome of ['bad-request', 'too-slow', 'headers-too-large', 'too-many-connections'])
  metrics.brokenRequests.inc({ outcome }, 0)
for (const cause of ['unknown-key', 'clear', 'other-workflow', 'forged']) metrics.unreadablePayloads.inc({ cause }, 0)
for (const policy of ['second', 'ten-seconds', 'day']) metrics.hubSpotLimited.inc({ policy }, 0)
for (const reason of ATTENTION_REASONS) for (const step of STEPS) metrics.parked.inc({ reason, step }, 0)
metrics.ignoredFields.inc({ field: 'other' }, 0)

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
