// The metrics of Temporal's SDK: which ones there are, and how a worker serves them with its own.

import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import type { TelemetryOptions } from '@temporalio/worker'

const LOOPBACK = '127.0.0.1'
// Prometheus waits for ten seconds by default.
const DEADLINE_MS = 3000

/** The metrics of Temporal's SDK that operators of onramp use, by their names in the text; the SDK has more. */
export const TEMPORAL_METRICS: { [name: string]: { type: 'counter' | 'gauge' | 'histogram'; help: string } } = {
  temporal_num_pollers: {
    type: 'gauge',
    help: 'Polls of this worker that wait for a task, by poller_type.',
  },
  temporal_worker_task_slots_available: {
    type: 'gauge',
    help: 'Tasks that this worker could take beside those at work, by worker_type; 0 for long means that it has too few slots or processors.',
  },
  temporal_worker_task_slots_used: { type: 'gauge', help: 'Tasks at work, by worker_type.' },
  temporal_workflow_task_schedule_to_start_latency_seconds: {
    type: 'histogram',
    help: 'How long workflow tasks have waited for a worker. When it grows, workers are missing.',
  },
  temporal_activity_schedule_to_start_latency_seconds: {
    type: 'histogram',
    help: 'The same for activities, which onramp uses once HubSpot does not answer promptly.',
  },
  temporal_workflow_task_execution_failed_total: {
    type: 'counter',
    help: 'Failed workflow tasks by failure_reason; NonDeterminismError: the code does not fit the history.',
  },
  temporal_workflow_task_execution_latency_seconds: {
    type: 'histogram',
    help: 'Time at work on workflow tasks, with their local activities.',
  },
  temporal_local_activity_total_total: {
    type: 'counter',
    help: 'Local activities, which are the steps of an onboarding while HubSpot answers promptly, by activity_type.',
  },
  temporal_request_total: { type: 'counter', help: 'Requests to Temporal by operation.' },
  temporal_request_failure_total: {
    type: 'counter',
    help: 'Failed requests to Temporal by operation and status_code; RESOURCE_EXHAUSTED: the namespace is over its limit.',
  },
  temporal_request_latency_seconds: { type: 'histogram', help: 'Duration of requests to Temporal by operation.' },
  temporal_sticky_cache_size: {
    type: 'gauge',
    help: 'Onboardings that this worker keeps in memory (WORKER_CACHED_WORKFLOWS).',
  },
}

/** What `Runtime.install` needs in order to serve the metrics of Temporal's SDK. */
type ExporterOptions = Extract<NonNullable<TelemetryOptions['metrics']>, { prometheus: unknown }>

// Another process may take the port in the moment between its choice and its use.
const ATTEMPTS = 5

/** The exporter of Temporal's SDK has an address of its own. This reads it, so that Prometheus scrapes one address per process. */
export class TemporalMetrics {
  #port: number | null = null

  /**
   * Installs the SDK's runtime with its exporter on a free port. Names and units are those of Temporal's dashboards.
   *
   * @param install calls `Runtime.install` with these options
   * @throws Error when the exporter gets no port
   */
  async install(install: (metrics: ExporterOptions) => void): Promise<void> {
    for (let attempt = 1; this.#port === null; attempt += 1) {
      const port = await freePort()
      const bindAddress = `${LOOPBACK}:${port}`
      try {
        install({
          prometheus: { bindAddress, countersTotalSuffix: true, unitSuffix: true, useSecondsForDurations: true },
        })
        this.#port = port
      } catch (error) {
        if (attempt < ATTEMPTS) continue
        throw new Error(`The metrics of Temporal’s SDK get no port of ${LOOPBACK}: ${(error as Error).message}`, {
          cause: error,
        })
      }
    }
  }

  /** The text of the exporter; empty while it does not answer. */
  async text(): Promise<string> {
    if (this.#port === null) return ''
    try {
      const signal = AbortSignal.timeout(DEADLINE_MS)
      const response = await fetch(`http://${LOOPBACK}:${this.#port}/metrics`, { signal })
      return response.ok ? await response.text() : ''
    } catch {
      return ''
    }
  }
}

/** The SDK cannot say which port it has chosen, so we choose one. */
async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(0, LOOPBACK, resolve))
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}
