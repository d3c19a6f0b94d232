// A raw TCP connection to the API, for requests that no HTTP client would send.

import { connect } from 'node:net'
import type { Socket } from 'node:net'

export interface RawConnection {
  socket: Socket
  write(text: string): void
  /** Everything that the API has sent so far. */
  received: () => string
  /** Resolves when the connection is closed, for any reason. */
  closed: Promise<void>
}

/** Opens a connection that can still receive after this side has closed its half. */
export function openConnection(port: number): RawConnection {
  const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true })
  let received = ''
  socket.on('data', (chunk: Buffer) => (received += chunk.toString('latin1')))
  // Many tests expect the API to close the connection while they write.
  socket.on('error', () => {})
  // When the API closes its half, this side closes as well.
  socket.on('end', () => socket.destroy())
  return {
    socket,
    write: (text) => void (socket.writable && socket.write(text)),
    received: () => received,
    closed: new Promise((resolve) => socket.once('close', () => resolve())),
  }
}

/** The status of each response. */
export function statusesOf(received: string): number[] {
  return [...received.matchAll(/HTTP\/1\.1 (\d{3}) /g)].map(([, status]) => Number(status))
}

/** A request as text of HTTP/1.1. */
export async function wireForm(request: Request): Promise<string> {
  const body = await request.text()
  const { pathname } = new URL(request.url)
  const headers = [...request.headers].map(([name, value]) => `${name}: ${value}\r\n`).join('')
  const length = `content-length: ${Buffer.byteLength(body)}\r\n`
  return `${request.method} ${pathname} HTTP/1.1\r\nhost: onramp.test\r\n${headers}${length}\r\n${body}`
}
