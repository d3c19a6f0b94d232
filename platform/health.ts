// A small loopback server for supervisors and scrapers: liveness, readiness and metrics of this process.

import { createServer } from 'node:http'
import type { Server } from 'node:http'
import { registry } from './metrics.ts'

/** Returns the names of the checks that fail; empty when the process is ready. */
export type ReadinessCheck = () => string[] | Promise<string[]>

/** Returns the names of conditions that a supervisor should know of, though the process is ready. */
export type ReadinessNotes = () => string[]

/**
 * Serves `/health/live`, `/health/ready` and `/metrics`, on loopback only.
 *
 * @throws Error that names port and variable when the port is unavailable
 */
export async function serveHealth(
  port: number,
  findFailing: ReadinessCheck,
  findNotes: ReadinessNotes = () => [],
): Promise<Server> {
  const server = createServer((request, response) => {
    void pageAt(request.url, findFailing, findNotes).then(({ status, type, body }) => {
      response.writeHead(status, { 'content-type': type }).end(body)
    })
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', (cause: NodeJS.ErrnoException) =>
      reject(new Error(`Port ${port} is unavailable (${cause.code}). Set METRICS_PORT to another one.`, { cause })),
    )
    server.listen(port, '127.0.0.1', resolve)
  })
  return server
}

async function pageAt(
  url = '/',
  findFailing: ReadinessCheck,
  findNotes: ReadinessNotes,
): Promise<{ status: number; type: string; body: string }> {
  const json = (status: number, body: unknown) => ({ status, type: 'application/json', body: JSON.stringify(body) })
  const [path = '/'] = url.split('?')
  switch (path) {
    case '/health/live':
      return json(200, healthOf([]))
    case '/health/ready': {
      const failing = await findFailing()
      const notes = findNotes()
      if (failing.length > 0) return json(503, healthOf(failing))
      return json(200, { ...healthOf([]), ...(notes.length > 0 && { notes }) })
    }
    case '/metrics':
      return { status: 200, type: registry.contentType, body: await registry.metrics() }
    default:
      return json(404, { status: 'not found', try: ['/health/live', '/health/ready', '/metrics'] })
  }
}

/** The body of a health response. */
export function healthOf(failing: string[]): { status: 'ok' } | { status: 'unavailable'; failing: string[] } {
  return failing.length === 0 ? { status: 'ok' } : { status: 'unavailable', failing }
}
