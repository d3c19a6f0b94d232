// A whole onramp as in production: API and worker as processes, with an emulator of its own as HubSpot.

import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { EmulatorControl } from 'hubspot-emulator/control'
import { startEmulator } from 'hubspot-emulator/server'
import { expect, onTestFinished } from 'vitest'
import { createHubSpot } from '../../hubspot/client/client.ts'
import { QuotaScheduler } from '../../hubspot/client/scheduler.ts'
import { setUp } from '../../hubspot/setup.ts'
import { startProcess } from './process.ts'
import type { RunningProcess } from './process.ts'
import { OPERATOR_TOKEN, signedRequest, WEBHOOK_SECRET } from './sender.ts'
import { freePort } from './temporal.ts'
import { startWorkerProcess } from './worker-process.ts'
import type { WorkerProcess } from './worker-process.ts'

type Environment = Record<string, string>

/** HubSpot for one test. It has onramp's properties unless `isSetUp` is false. */
export async function startHubSpot({ isSetUp = true } = {}): Promise<{ url: string; portal: EmulatorControl }> {
  const emulator = await startEmulator({ port: 0 })
  onTestFinished(() => emulator.stop())
  if (isSetUp) {
    const scheduler = new QuotaScheduler({ callsPer10s: 100_000 })
    const circuitBreaker = { probeSeconds: 1, onChange: () => {} }
    const connection = { baseUrl: emulator.url, accessToken: 'test', apiVersion: '2026-09' as const }
    const hubspot = createHubSpot({ ...connection, circuitBreaker, timeoutMs: 60_000, scheduler })
    await setUp(hubspot, () => {})
    await hubspot.close()
  }
  return { url: emulator.url, portal: new EmulatorControl(emulator.url) }
}

export interface RunningApi {
  url: string
  metricsUrl: string
  process: RunningProcess
}

/** Starts an API and returns when it is ready. */
export async function startApi(env: Environment): Promise<RunningApi> {
  const [port, metricsPort] = [await freePort(), await freePort()]
  const process = startProcess('api/main.ts', {
    WEBHOOK_SECRETS: WEBHOOK_SECRET,
    OPERATOR_TOKENS: OPERATOR_TOKEN,
    PORT: String(port),
    METRICS_PORT: String(metricsPort),
    ...env,
  })
  onTestFinished(async () => void (await process.end('SIGKILL')))
  const url = `http://127.0.0.1:${port}`
  await process.waitForResponse(`${url}/health/ready`, ({ ok }) => ok)
  return { url, metricsUrl: `http://127.0.0.1:${metricsPort}`, process }
}

/** Starts a worker, and returns when it is ready. */
export async function startWorker(hubspotUrl: string, taskQueue: string, env: Environment): Promise<WorkerProcess> {
  const worker = await startWorkerProcess({ hubspotUrl, taskQueue }, env)
  onTestFinished(() => worker.kill())
  return worker
}

/**
 * The status of the API's response to a signed event. As the product does, it sends the event again while a busy machine answers 503 or
 * an API restarts.
 */
export async function sendTo(
  url: string,
  event: { type: string; data: Record<string, unknown> },
  secret = WEBHOOK_SECRET,
): Promise<number> {
  const body = JSON.stringify({ timestamp: new Date().toISOString(), ...event })
  const id = `evt_${randomUUID()}`
  for (;;) {
    const { headers } = signedRequest(body, { secret, id })
    const response = await fetch(`${url}/webhooks/customers`, { method: 'POST', headers, body }).catch(() => null)
    if (response !== null && response.status !== 503) return response.status
    await sleep(200)
  }
}

/** The registration of a customer. */
export function registrationOf(customerId: string, data: Record<string, unknown> = {}) {
  const company = { name: 'Analytical Engines', domain: 'analytical.example' }
  return { type: 'customer.registered', data: { customerId, email: 'ada@example.com', company, ...data } }
}

/** Waits until the API at `url` says that the customer is in this phase. */
export async function waitForPhase(url: string, customerId: string, phase: string, token = OPERATOR_TOKEN) {
  const status = async () => {
    const response = await fetch(`${url}/v1/customers/${customerId}`, { headers: { authorization: `Bearer ${token}` } })
    return (await response.json()) as { phase?: string; hubspot: { contactId: string } }
  }
  await expect.poll(async () => (await status()).phase).toBe(phase)
  return await status()
}
