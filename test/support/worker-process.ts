// A worker as it runs in production: a process of its own, which can be killed.

import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { inject } from 'vitest'
import { freePort } from './temporal.ts'

const MAIN = fileURLToPath(new URL('../../worker/main.ts', import.meta.url))

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
  const child = spawn(process.execPath, [MAIN], {
    env: {
      ...process.env,
      TEMPORAL_ADDRESS: inject('temporalAddress'),
      TEMPORAL_TASK_QUEUE: taskQueue,
      HUBSPOT_BASE_URL: hubspotUrl,
      METRICS_PORT: String(port),
      ...env,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (output += chunk.toString()))

  const url = `http://127.0.0.1:${port}`
  await untilAnswering(child, `${url}/health/ready`, wait, () => output)
  return {
    output: () => output,
    metrics: async () => (await fetch(`${url}/metrics`)).text(),
    async ready() {
      const response = await fetch(`${url}/health/ready`)
      return { status: response.status, body: await response.json() }
    },
    async kill() {
      await end(child, 'SIGKILL')
    },
    stop: () => end(child, 'SIGTERM'),
  }
}

async function untilAnswering(
  child: ChildProcess,
  url: string,
  wait: 'until it is ready' | 'no matter what',
  output: () => string,
): Promise<void> {
  for (;;) {
    if (child.exitCode !== null) throw new Error(`the worker ended with ${child.exitCode}: ${output()}`)
    const isReady = await fetch(url).then(
      ({ ok }) => ok || wait === 'no matter what',
      () => false,
    )
    if (isReady) return
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<number | null> {
  if (child.exitCode !== null || child.signalCode !== null) return child.exitCode
  const exited = once(child, 'exit')
  child.kill(signal)
  await exited
  return child.exitCode
}
