// onramp's metrics that are read when Prometheus asks: what a worker knows of HubSpot, and the customers as Temporal counts them.

import { Gauge } from 'prom-client'
import type { Registry } from 'prom-client'
import type { CrmState } from '../domain/crm-state.ts'
import { apiRegistry, workerRegistry } from './metrics.ts'

/** A number of each label value; `null` when nothing is known, so that the gauge has no value at all. */
type Reading = { [labelValue: string]: number } | number | null

/** A gauge that is read whenever Prometheus asks. */
function readGauge<Source>(
  registry: Registry,
  read: { source: (() => Source | Promise<Source>) | null },
  { name, help, label, of }: { name: string; help: string; label?: string; of: (source: Source) => Reading },
): void {
  const gauge = new Gauge({
    name,
    help,
    labelNames: label === undefined ? [] : [label],
    registers: [registry],
    async collect() {
      const reading = read.source === null ? null : of(await read.source())
      gauge.reset()
      if (label === undefined) gauge.remove()
      if (typeof reading === 'number') gauge.set(reading)
      else if (label !== undefined)
        for (const [value, count] of Object.entries(reading ?? {})) gauge.set({ [label]: value }, count)
    },
  })
}

const hubSpot: { source: (() => CrmState) | null } = { source: null }
const steps: { source: (() => number | null) | null } = { source: null }

/** Where the gauges of a worker read what it knows. Without it they have no value. */
export function observeWorker(sources: { hubSpot: () => CrmState; oldestStepSeconds: () => number | null }): void {
  hubSpot.source = sources.hubSpot
  steps.source = sources.oldestStepSeconds
}

const HUBSPOT_GAUGES: { name: string; help: string; label?: string; of: (state: CrmState) => Reading }[] = [
  {
    name: 'onramp_hubspot_quota_remaining',
    help: 'Calls that this worker may send to HubSpot now, of the window of ten seconds and without the reserve.',
    of: ({ quota }) => quota.tenSeconds.left,
  },
  {
    name: 'onramp_hubspot_quota_limit',
    help: 'Calls that HubSpot allows this app in ten seconds, to all workers together.',
    of: ({ quota }) => quota.tenSeconds.limit,
  },
  {
    name: 'onramp_hubspot_daily_remaining',
    help: 'Calls that are left of HubSpot’s day, without the reserve; absent until HubSpot has named it, after the portal’s midnight, and an hour after the last response.',
    of: ({ quota }) => quota.day.left,
  },
  {
    name: 'onramp_hubspot_daily_limit',
    help: 'Calls that HubSpot allows in a day; absent until HubSpot has named it.',
    of: ({ quota }) => quota.day.limit,
  },
  {
    name: 'onramp_hubspot_queue',
    help: 'Calls that wait for quota, by priority: first (onramp’s own probes), live, bulk.',
    label: 'priority',
    of: ({ waiting }) => waiting,
  },
  {
    name: 'onramp_hubspot_queue_oldest_seconds',
    help: 'How long the oldest call in the queue has waited for quota; 0 when none waits.',
    of: ({ oldestWaitMs }) => (oldestWaitMs ?? 0) / 1000,
  },
  {
    name: 'onramp_hubspot_in_flight',
    help: 'Requests that HubSpot has not answered yet.',
    of: ({ inFlight }) => inFlight,
  },
]
for (const gauge of HUBSPOT_GAUGES) readGauge(workerRegistry, hubSpot, gauge)

readGauge(workerRegistry, steps, {
  name: 'onramp_oldest_unwritten_event_seconds',
  help: 'In a worker: the age of the oldest step that waits for HubSpot and is not parked, 0 when none waits. It falls up to two minutes after the step has ended on another worker.',
  of: (seconds) => seconds ?? 0,
})

/** The customers as Temporal counts them. */
export interface CustomerCounts {
  phases: { [phase: string]: number }
  waiting: number
  parked: { [reason: string]: number }
  /** `null`: this Temporal does not say. */
  stuck: number | null
  /** Runs that stay on a version which no worker has; `null` when Temporal does not say. */
  withoutWorkers: number | null
  /** How long ago the counts began. */
  ageSeconds: number
}

/** The task queue as Temporal sees it. */
export interface QueueCounts {
  backlog: { workflow: number; activity: number }
  backlogSeconds: number
  pollers: number
}

/** What the API knows from Temporal; `null` for what it does not know. */
export interface ApiCounts {
  customers: CustomerCounts | null
  queue: QueueCounts | null
}

const counts: { source: (() => Promise<ApiCounts>) | null } = { source: null }

/** Where the gauges of the API read their counts. Without a source, and for what the source does not know, they have no value. */
export function observeCustomers(source: (() => Promise<ApiCounts>) | null): void {
  counts.source = source
}

const SAMPLED = 'Asked of Temporal when Prometheus asks, at most every 20 s; every API process has the same number.'
const COUNTED = `${SAMPLED} Temporal’s Visibility lags by some moments. While Temporal does not answer, the last number stays for five minutes.`

type Gauges<Known> = { name: string; help: string; label?: string; of: (known: Known) => Reading }[]

const CUSTOMER_GAUGES: Gauges<CustomerCounts> = [
  {
    name: 'onramp_customers',
    help: `Customers with an open run by phase. ${COUNTED}`,
    label: 'phase',
    of: ({ phases }) => phases,
  },
  {
    name: 'onramp_customers_waiting',
    help: `Customers with a step that is retried, or has had no answer for some seconds. ${COUNTED}`,
    of: ({ waiting }) => waiting,
  },
  {
    name: 'onramp_customers_parked',
    help: `Parked customers by attention reason; a customer with two reasons counts twice. ${COUNTED}`,
    label: 'reason',
    of: ({ parked }) => parked,
  },
  {
    name: 'onramp_workflows_stuck',
    help: `Runs whose workflow task fails again and again (TemporalReportedProblems). ${COUNTED}`,
    of: ({ stuck }) => stuck,
  },
  {
    name: 'onramp_workflows_without_workers',
    help: `Runs that stay on a version of the workers which none of them has any more. A worker that has stopped counts for up to 90 s. ${COUNTED}`,
    of: ({ withoutWorkers }) => withoutWorkers,
  },
  {
    name: 'onramp_customers_counted_seconds',
    help: 'Age of the numbers that Temporal has counted: onramp_customers, onramp_customers_waiting, onramp_customers_parked, onramp_workflows_stuck and onramp_workflows_without_workers.',
    of: ({ ageSeconds }) => ageSeconds,
  },
]

const QUEUE_GAUGES: Gauges<QueueCounts> = [
  {
    name: 'onramp_task_queue_backlog',
    help: `Tasks that no worker has taken yet, by kind: workflow, activity. Approximate. ${SAMPLED}`,
    label: 'kind',
    of: ({ backlog }) => backlog,
  },
  {
    name: 'onramp_task_queue_pollers',
    help: `Workers that poll the task queue and get new runs: those of the current version, where versions are on. A worker that was killed counts for up to 90 s. ${SAMPLED}`,
    of: ({ pollers }) => pollers,
  },
  {
    name: 'onramp_oldest_unwritten_event_seconds',
    help: `In the API: how long the oldest task has waited for a worker. ${SAMPLED}`,
    of: ({ backlogSeconds }) => backlogSeconds,
  },
]
for (const gauge of CUSTOMER_GAUGES)
  readGauge(apiRegistry, counts, {
    ...gauge,
    of: ({ customers }: ApiCounts) => (customers === null ? null : gauge.of(customers)),
  })
for (const gauge of QUEUE_GAUGES)
  readGauge(apiRegistry, counts, {
    ...gauge,
    of: ({ queue }: ApiCounts) => (queue === null ? null : gauge.of(queue)),
  })
