// The HTTP server: HubSpot's API, the emulator's control API, and the pages.

import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { outlineOf } from './crash.ts'
import { Emulator } from './emulator.ts'
import { Pipeline, type WireResponse } from './pipeline.ts'
import { pageAt } from './pages/page-at.ts'
import { control } from './routes/control.ts'
import { routeTable } from './routes/table.ts'

export interface EmulatorOptions {
  /** 0 picks a free port. */
  port?: number
  host?: string
  /** Folder in which the portal survives restarts; `null` keeps it in memory only. */
  dataDir?: string | null
}

// HubSpot's largest batches are far smaller.
const BODY_LIMIT_BYTES = 8 * 1024 * 1024
// Node rejects longer headers before the emulator can answer 414.
const HEADER_LIMIT_BYTES = 64 * 1024

/** @throws when the port is in use, or the data folder cannot be used */
export async function startEmulator(options: EmulatorOptions = {}): Promise<{ url: string; stop(): Promise<void> }> {
  const { port = 0, host = '127.0.0.1', dataDir = null } = options
  const emulator = new Emulator()
  const pipeline = new Pipeline(emulator, routeTable())

  async function respond(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = 'GET', url: target = '/', headers } = request
    const body = await bodyOf(request)
    if (target.startsWith('/__emulator/')) {
      return send(response, control(emulator, { method, target, headers, body: body ?? '' }))
    }
    const page = method === 'GET' ? pageAt(emulator, target) : null
    send(response, page ?? (await pipeline.handle({ method, target, headers, body })))
  }

  const server = createServer({ maxHeaderSize: HEADER_LIMIT_BYTES }, (request, response) => {
    respond(request, response).catch((error: unknown) => {
      // A client that disconnects in the middle of its request is no error of the emulator.
      if (!request.readableAborted) console.error(outlineOf(error))
      response.destroy()
    })
  })

  // HubSpot's edge keeps idle connections open for long. Node's shorter default may close one just when a client reuses it.
  server.keepAliveTimeout = 65_000

  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(port, host, resolve))
  const { port: listeningPort } = server.address() as AddressInfo
  const url = `http://${reachable(host)}:${listeningPort}`
  async function stop(): Promise<void> {
    pipeline.stop()
    const closed = new Promise<void>((resolve) => server.close(() => resolve()))
    server.closeAllConnections()
    await closed
    emulator.close()
  }

  emulator.serveAt(url)
  try {
    // This runs in the same turn of the event loop as `listening`, so that no request finds an empty portal.
    if (dataDir !== null) emulator.persistIn(dataDir)
  } catch (error) {
    await stop()
    throw error
  }
  return { url, stop }
}

/** An address that a client can connect to: loopback for a server that listens on all interfaces. */
function reachable(host: string): string {
  if (host === '0.0.0.0') return '127.0.0.1'
  if (host === '::') return '[::1]'
  return host.includes(':') ? `[${host}]` : host
}

function send(response: ServerResponse, result: WireResponse): void {
  if (result === 'hang') return
  if (result === 'cut') return void response.destroy()
  if (result === 'reset') return void response.socket?.resetAndDestroy()
  const { status, headers, text } = result
  // HubSpot sends a content length [R]; Node would send chunks.
  const length = status === 204 ? {} : { 'content-length': String(Buffer.byteLength(text)) }
  response.writeHead(status, { ...headers, ...length }).end(text)
}

/** Returns `null` for a body that exceeds the limit. */
function bodyOf(request: IncomingMessage): Promise<string | null> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    let bytes = 0
    request.on('data', (chunk: Buffer) => {
      bytes += chunk.length
      if (bytes <= BODY_LIMIT_BYTES) chunks.push(chunk)
    })
    request.on('end', () => resolve(bytes > BODY_LIMIT_BYTES ? null : Buffer.concat(chunks).toString('utf8')))
    request.on('error', reject)
  })
}
