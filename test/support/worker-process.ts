// Starts a worker as a process, as in production, which a test can kill.

import { startProcess } from './process.ts'
import { freePort } from './temporal.ts'

/** A running worker: `kill` sends SIGKILL, `stop` sends SIGTERM as a supervisor does. */
export interface WorkerProcess {
  output: () => string
  /** The address of its metrics and health checks. */
  metricsUrl: string
  /** Its metrics in Prometheus' text format. */
  metrics(): Promise<string>
  /** Status and body of `/health/ready`. */
  ready(): Promise<{ status: number; body: unknown }>
  kill(): Promise<void>
  stop(): Promise<number | null>
}

/** Starts a worker and returns when it is ready, or when it gives any response. */
export async function startWorkerProcess(
  { hubspotUrl, taskQueue }: { hubspotUrl: string; taskQueue: string },
  env: Record<string, string> = {},
  waitFor: 'ready' | 'any response' = 'ready',
): Promise<WorkerProcess> {
  const port = await freePort()
  const worker = startProcess('worker/main.ts', {
    TEMPORAL_TASK_QUEUE: taskQueue,
    HUBSPOT_BASE_URL: hubspotUrl,
    METRICS_PORT: String(port),
    // The emulator states a limit also when it enforces none. Only the tests of the quota follow it.
    HUBSPOT_CALLS_PER_10S: '100000',
    ...env,
  })
  const url = `http://127.0.0.1:${port}`
  await worker.waitForResponse(`${url}/health/ready`, ({ ok }) => ok || waitFor === 'any response')
  return {
    output: worker.output,
    metricsUrl: url,
    metrics: async () => (await fetch(`${url}/metrics`)).text(),
    async ready() {
      const response = await fetch(`${url}/health/ready`)
      return { status: response.status, body: await response.json() }
    },
    async kill() {
      await worker.end('SIGKILL')
    },
    stop: () => worker.end('SIGTERM'),
  }
}
