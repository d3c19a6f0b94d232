// The emulator on a socket: HubSpot's API, the emulator's own, and the pages.

import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Emulator } from './emulator.ts'
import { Exchange, type Reply } from './exchange.ts'
import { pageAt } from './pages/page-at.ts'
import { control } from './routes/control.ts'
import { routeTable } from './routes/table.ts'

export interface EmulatorOptions {
  /** 0 takes any free one. */
  port?: number
  host?: string
  /** Folder that keeps the portal across restarts; `null` keeps it in memory. */
  dataDir?: string | null
}

// HubSpot's largest batches stay far below this.
const BODY_LIMIT_BYTES = 8 * 1024 * 1024
// Node refuses requests with longer headers by itself, before anybody could answer 414.
const HEADER_LIMIT_BYTES = 64 * 1024

/** @throws when the port is taken, or the data folder cannot be used */
export async function startEmulator(options: EmulatorOptions = {}): Promise<{ url: string; stop(): Promise<void> }> {
  const { port = 0, host = '127.0.0.1', dataDir = null } = options
  const emulator = new Emulator()
  const exchange = new Exchange(emulator, routeTable())

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = 'GET', url: target = '/', headers } = request
    const body = await bodyOf(request)
    if (target.startsWith('/__emulator/')) {
      return send(response, control(emulator, { method, target, headers, body: body ?? '' }))
    }
    const page = method === 'GET' ? pageAt(emulator, target) : null
    send(response, page ?? (await exchange.reply({ method, target, headers, body })))
  }

  const server = createServer({ maxHeaderSize: HEADER_LIMIT_BYTES }, (request, response) => {
    answer(request, response).catch((error: unknown) => {
      // A caller that went away in the middle of its request is nobody's mistake.
      if (!request.readableAborted) console.error(error)
      response.destroy()
    })
  })

  // HubSpot's edge keeps connections for long; a short life would break some just as they are used again.
  server.keepAliveTimeout = 65_000

  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(port, host, resolve))
  const { port: taken } = server.address() as AddressInfo
  const url = `http://${reachable(host)}:${taken}`
  async function stop(): Promise<void> {
    exchange.end()
    const closed = new Promise<void>((resolve) => server.close(() => resolve()))
    server.closeAllConnections()
    await closed
    emulator.close()
  }

  emulator.livesAt(url)
  try {
    // Within the turn in which the port was had, so that no request finds the portal empty.
    if (dataDir !== null) emulator.keepIn(dataDir)
  } catch (error) {
    await stop()
    throw error
  }
  return { url, stop }
}

/** Somewhere to go to: a server that listens everywhere is also at home. */
function reachable(host: string): string {
  if (host === '0.0.0.0') return '127.0.0.1'
  if (host === '::') return '[::1]'
  return host.includes(':') ? `[${host}]` : host
}

function send(response: ServerResponse, reply: Reply): void {
  if (reply === 'hang') return
  if (reply === 'cut') return void response.destroy()
  if (reply === 'reset') return void response.socket?.resetAndDestroy()
  const { status, headers, text } = reply
  // HubSpot names the length [R]; Node would send chunks.
  const length = status === 204 ? {} : { 'content-length': String(Buffer.byteLength(text)) }
  response.writeHead(status, { ...headers, ...length }).end(text)
}

/** `null` for a body that is larger than anything HubSpot would read. */
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
