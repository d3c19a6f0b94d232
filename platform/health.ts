// A small server for supervisors and scrapers: liveness, readiness and metrics of this process.

import { createServer } from 'node:http'
import type { Server } from 'node:http'
import type { Registry } from 'prom-client'
import { registry } from './metrics.ts'

/** What keeps a process from its work, and what a supervisor should know of it beside. Both are names, such as `temporal`. */
export interface Condition {
  /** The process is not ready: 503. */
  failing: string[]
  /** The process does its work as far as it can, and a restart would not help: 200. */
  degraded: string[]
}

export interface HealthOptions {
  host: string
  port: number
  condition: () => Condition | Promise<Condition>
  /** The metrics that only this kind of process has. */
  metrics: Registry
  /** Text of another exporter of this process, in Prometheus' format. */
  otherMetrics?: () => Promise<string>
}

/**
 * Serves `/health/live`, `/health/ready` and `/metrics`.
 *
 * @throws Error that names address and variables when the port is unavailable
 */
export async function serveHealth(options: HealthOptions): Promise<Server> {
  const { host, port } = options
  const server = createServer((request, response) => {
    pageAt(request.url, options).then(
      ({ status, type, body }) => response.writeHead(status, { 'content-type': type }).end(body),
      () => response.writeHead(500).end(),
    )
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', (cause: NodeJS.ErrnoException) =>
      reject(
        new Error(
          `Port ${port} of ${host} is unavailable (${cause.code}). Set METRICS_HOST and METRICS_PORT to another address.`,
          { cause },
        ),
      ),
    )
    server.listen(port, host, resolve)
  })
  return server
}

async function pageAt(
  url = '/',
  { condition, metrics, otherMetrics }: HealthOptions,
): Promise<{ status: number; type: string; body: string }> {
  const json = (status: number, body: unknown) => ({ status, type: 'application/json', body: JSON.stringify(body) })
  const [path = '/'] = url.split('?')
  switch (path) {
    case '/health/live':
      return json(200, healthOf([]))
    case '/health/ready': {
      const { failing, degraded } = await condition()
      return json(failing.length > 0 ? 503 : 200, healthOf(failing, degraded))
    }
    case '/metrics': {
      const texts = await Promise.all([registry.metrics(), metrics.metrics(), otherMetrics?.() ?? ''])
      return { status: 200, type: registry.contentType, body: texts.join('\n') }
    }
    default:
      return json(404, { status: 'not found', try: ['/health/live', '/health/ready', '/metrics'] })
  }
}

export type Health =
  | { status: 'ok' }
  | { status: 'degraded'; reasons: string[] }
  | { status: 'unavailable'; failing: string[] }

/** The body of a health response. */
export function healthOf(failing: string[]): Exclude<Health, { status: 'degraded' }>
export function healthOf(failing: string[], degraded: string[]): Health
export function healthOf(failing: string[], degraded: string[] = []): Health {
  if (failing.length > 0) return { status: 'unavailable', failing }
  return degraded.length > 0 ? { status: 'degraded', reasons: degraded } : { status: 'ok' }
}
