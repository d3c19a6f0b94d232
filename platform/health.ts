// A small loopback server that tells a supervisor whether this process lives and is fit for work.

import { createServer } from 'node:http'
import type { Server } from 'node:http'

/** The names of the parts that are not fit; empty when all is well. */
export type FailingParts = () => string[]

/**
 * Serves `/health/live` and `/health/ready` on loopback, where only the machine's own supervisor and scraper are.
 *
 * @throws when the port is taken
 */
export async function serveHealth(port: number, failingParts: FailingParts): Promise<Server> {
  const server = createServer((request, response) => {
    const failing = request.url === '/health/ready' ? failingParts() : []
    const isKnown = request.url === '/health/ready' || request.url === '/health/live'
    response.writeHead(isKnown ? (failing.length > 0 ? 503 : 200) : 404, { 'content-type': 'application/json' })
    response.end(
      JSON.stringify(isKnown ? healthOf(failing) : { status: 'not found', try: ['/health/live', '/health/ready'] }),
    )
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, '127.0.0.1', resolve)
  })
  return server
}

/** The body of a health page. */
export function healthOf(failing: string[]): { status: 'ok' } | { status: 'unavailable'; failing: string[] } {
  return failing.length === 0 ? { status: 'ok' } : { status: 'unavailable', failing }
}
