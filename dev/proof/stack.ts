// The whole stack as a proof uses it: sends signed events, asks for statuses, and starts and kills further processes.

import { randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { EmulatorControl } from 'hubspot-emulator/control'
import type { CustomerStatus } from '../../api/contract/customer-status.ts'
import { API_ARGUMENTS } from '../../api/node-arguments.ts'
import { loadConfig } from '../../platform/config.ts'
import { NO_KEYS } from '../../platform/payloads/key-ring.ts'
import { createClient } from '../../platform/temporal.ts'
import { WORKER_ARGUMENTS } from '../../worker/node-arguments.ts'
import { freePort } from '../launcher/free-ports.ts'
import type { StackProcess } from '../launcher/processes.ts'
import { waitUntilReady } from '../launcher/readiness.ts'
import type { ThrowAwayStack } from '../launcher/throw-away-stack.ts'
import { postEvent } from '../send/webhook.ts'
import type { EventToSend } from '../send/webhook.ts'

export function emulatorOf({ emulatorUrl }: ThrowAwayStack): { portal: EmulatorControl; hubspotUrl: string } {
  return { portal: new EmulatorControl(emulatorUrl), hubspotUrl: emulatorUrl }
}

export function temporalOf({ env }: ThrowAwayStack): ReturnType<typeof createClient> {
  const connectionOptions = { address: env['TEMPORAL_ADDRESS'] ?? '' }
  const namespace = env['TEMPORAL_NAMESPACE'] ?? 'default'
  return createClient({ connectionOptions, namespace }, loadConfig(env).payloadKeys ?? NO_KEYS)
}

/** Sends an event, which by default happens now, again while the API answers 503. @throws Error when the API rejects it */
export async function sendTo(
  { apiUrl, secrets }: ThrowAwayStack,
  event: object,
  eventId: string = randomUUID(),
  onUnavailable: () => void = () => {},
): Promise<void> {
  const { webhookSecret } = secrets
  const timed = { timestamp: new Date().toISOString(), ...event } as EventToSend
  for (;;) {
    const { status, headers } = await postEvent({ apiUrl, webhookSecret, eventId, event: timed })
    if (status === 202) return
    if (status !== 503) throw new Error(`onramp answered ${status} to an event`)
    onUnavailable()
    await sleep(Number(headers.get('retry-after') ?? 1) * 1000)
  }
}

/** `null` while it is unavailable. */
export async function statusOf(stack: ThrowAwayStack, customerId: string): Promise<CustomerStatus | null> {
  const response = await ask(stack, 'GET', `/v1/customers/${customerId}`)
  return response.ok ? ((await response.json()) as CustomerStatus) : null
}

export async function ask({ apiUrl, secrets }: ThrowAwayStack, method: string, path: string): Promise<Response> {
  return await fetch(apiUrl + path, { method, headers: { authorization: `Bearer ${secrets.operatorToken}` } })
}

/** Starts another API with other settings. Returns the stack with this API. */
export async function withApi(stack: ThrowAwayStack, settings: NodeJS.ProcessEnv): Promise<ThrowAwayStack> {
  const { env, secrets, logDir, supervisor } = stack
  // The stack's environment is the worker's, which has no secrets of the API.
  const ofApi = { WEBHOOK_SECRETS: secrets.webhookSecret, OPERATOR_TOKENS: secrets.operatorToken }
  const port = await freePort()
  const api = supervisor.start({
    name: 'second API',
    layer: 'top',
    command: process.execPath,
    args: [...API_ARGUMENTS],
    env: { ...env, ...ofApi, PORT: String(port), METRICS_PORT: '0', ...settings },
    logFile: join(logDir, 'second-api.log'),
  })
  const apiUrl = `http://127.0.0.1:${port}`
  await waitUntilReady(api, `${apiUrl}/health/ready`)
  return { ...stack, apiUrl }
}

/** A worker process beside the stack's own. */
export interface FurtherWorker {
  /** Sends SIGKILL to the process and starts a new one, which need not be ready. */
  replace: () => Promise<void>
  log: () => string
  metrics: () => Promise<string>
}

/** Starts another worker, and returns when it is ready. */
export async function startFurtherWorker(
  stack: ThrowAwayStack,
  settings: NodeJS.ProcessEnv = {},
): Promise<FurtherWorker> {
  const { env, logDir, supervisor } = stack
  const port = await freePort()
  let count = 0
  // Each worker has log files of its own.
  const name = `worker-${port}`
  const start = (metricsPort: number): StackProcess =>
    supervisor.start({
      name: 'further worker',
      layer: 'top',
      command: process.execPath,
      args: [...WORKER_ARGUMENTS],
      env: { ...env, METRICS_PORT: String(metricsPort), ...settings },
      logFile: join(logDir, `${name}-${++count}.log`),
    })
  let worker = start(port)
  await waitUntilReady(worker, `http://127.0.0.1:${port}/health/ready`)
  return {
    async replace() {
      await worker.stop(0)
      worker = start(0)
    },
    log: () => readFileSync(worker.logFile, 'utf8'),
    metrics: async () => await (await fetch(`http://127.0.0.1:${port}/metrics`)).text(),
  }
}
