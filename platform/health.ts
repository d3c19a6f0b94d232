// A small loopback server for the machine's own: whether this process lives, is fit for work, and its numbers.

import { createServer } from 'node:http'
import type { Server } from 'node:http'
import { registry } from './metrics.ts'

/** The names of the parts that are not fit; empty when all is well. */
export type FailingParts = () => string[] | Promise<string[]>

/**
 * Serves `/health/live`, `/health/ready` and `/metrics` on loopback, where only the machine's own supervisor and scraper are.
 *
 * @throws Error that names port and variable when the port cannot be had
 */
export async function serveHealth(port: number, failingParts: FailingParts): Promise<Server> {
  const server = createServer((request, response) => {
    void pageAt(request.url, failingParts).then(({ status, type, body }) => {
      response.writeHead(status, { 'content-type': type }).end(body)
    })
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', (cause: NodeJS.ErrnoException) =>
      reject(new Error(`Port ${port} cannot be had (${cause.code}). METRICS_PORT changes it.`, { cause })),
    )
    server.listen(port, '127.0.0.1', resolve)
  })
  return server
}

async function pageAt(url = '/', failingParts: FailingParts): Promise<{ status: number; type: string; body: string }> {
  const json = (status: number, body: unknown) => ({ status, type: 'application/json', body: JSON.stringify(body) })
  const [path = '/'] = url.split('?')
  switch (path) {
    case '/health/live':
      return json(200, healthOf([]))
    case '/health/ready': {
      const failing = await failingParts()
      return json(failing.length === 0 ? 200 : 503, healthOf(failing))
    }
    case '/metrics':
      return { status: 200, type: registry.contentType, body: await registry.metrics() }
    default:
      return json(404, { status: 'not found', try: ['/health/live', '/health/ready', '/metrics'] })
  }
}

/** The body of a health page. */
export function healthOf(failing: string[]): { status: 'ok' } | { status: 'unavailable'; failing: string[] } {
  return failing.length === 0 ? { status: 'ok' } : { status: 'unavailable', failing }
}
