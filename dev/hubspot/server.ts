// The emulator on a socket: HubSpot's API, the emulator's own, and the pages.

import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { HTML_TYPE } from './answer.ts'
import { Emulator } from './emulator.ts'
import { bodyTooLarge } from './errors.ts'
import { Exchange, type Reply } from './exchange.ts'
import { Keeper } from './keeper.ts'
import { pageAt } from './pages/page-at.ts'
import { Refusal, refusalBody } from './refusal.ts'
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

// A page is written by the server alone; nothing comes from anywhere else, and nothing runs but the reloading of a page.
const PAGE_HEADERS = {
  'content-type': HTML_TYPE,
  'content-security-policy':
    "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  'cache-control': 'no-store',
}

/** @throws when the port is taken, or the data folder cannot be used */
export async function startEmulator(options: EmulatorOptions = {}): Promise<{ url: string; stop(): Promise<void> }> {
  const { port = 0, host = '127.0.0.1', dataDir = null } = options
  const emulator = new Emulator({})
  const exchange = new Exchange(emulator, routeTable())
  const server = createServer((request, response) => {
    answer(request, response).catch((error: unknown) => {
      // Only a mistake of ours ends here; it is shown, and the server lives on.
      console.error(error)
      response.destroy()
    })
  })

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', 'http://emulator')
    const method = request.method ?? 'GET'
    const body = await bodyOf(request)
    if (body === null) return sendJson(response, 413, refusalBody(bodyTooLarge(), ''))
    if (url.pathname.startsWith('/__emulator/'))
      return sendControl(response, () => control(emulator, method, url, body))

    const page = method === 'GET' ? pageAt(emulator, url) : null
    if (page) return void response.writeHead(page.status, PAGE_HEADERS).end(page.html)
    const reply = await exchange.reply({ method, target: request.url ?? '/', headers: request.headers, body })
    send(response, reply)
  }

  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(port, host, resolve))
  const { port: taken } = server.address() as AddressInfo
  const url = `http://${host.includes(':') ? `[${host}]` : host}:${taken}`
  emulator.livesAt(url)
  const keeper = dataDir === null ? null : new Keeper(emulator, dataDir)

  return {
    url,
    async stop() {
      server.closeAllConnections()
      await new Promise<void>((resolve) => server.close(() => resolve()))
      keeper?.close()
    },
  }
}

function send(response: ServerResponse, reply: Reply): void {
  if (reply === 'hang') return
  if (reply === 'cut') return void response.destroy()
  response.writeHead(reply.status, reply.headers).end(reply.text)
}

function sendControl(response: ServerResponse, call: () => unknown): void {
  try {
    const result = call()
    if (result === undefined) response.writeHead(204).end()
    else sendJson(response, 200, result)
  } catch (error) {
    if (!(error instanceof Refusal) && !(error instanceof SyntaxError)) throw error
    sendJson(response, error instanceof Refusal ? error.status : 400, { message: error.message })
  }
}

function sendJson(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json;charset=utf-8' }).end(JSON.stringify(body))
}

/** `null` for a body that is larger than anything HubSpot would read. */
async function bodyOf(request: IncomingMessage): Promise<string | null> {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length
    if (bytes <= BODY_LIMIT_BYTES) chunks.push(chunk)
  }
  return bytes > BODY_LIMIT_BYTES ? null : Buffer.concat(chunks).toString('utf8')
}
