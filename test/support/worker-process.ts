// A worker as it runs in production: a process of its own, which can be killed.

import { startProcess } from './process.ts'
import { freePort } from './temporal.ts'

/** A started worker: `kill` ends it without a chance to say goodbye, `stop` as a supervisor would. */
export interface WorkerProcess {
  output: () => string
  /** Its numbers, as Prometheus reads them. */
  metrics(): Promise<string>
  /** Its health page's status and body. */
  ready(): Promise<{ status: number; body: unknown }>
  kill(): Promise<void>
  stop(): Promise<number | null>
}

/** Starts a worker and returns once its health page says that it is fit for work. */
export async function startWorkerProcess(
  { hubspotUrl, taskQueue }: { hubspotUrl: string; taskQueue: string },
  env: Record<string, string> = {},
  wait: 'until it is ready' | 'no matter what' = 'until it is ready',
): Promise<WorkerProcess> {
  const port = await freePort()
  const worker = startProcess('worker/main.ts', {
    TEMPORAL_TASK_QUEUE: taskQueue,
    HUBSPOT_BASE_URL: hubspotUrl,
    METRICS_PORT: String(port),
    ...env,
  })
  const url = `http://127.0.0.1:${port}`
  await worker.answers(`${url}/health/ready`, ({ ok }) => ok || wait === 'no matter what')
  return {
    output: worker.output,
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
