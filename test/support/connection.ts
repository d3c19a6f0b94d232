// A connection as an attacker or a bad line makes it: bytes as the test says, and what came back.

import { connect } from 'node:net'
import type { Socket } from 'node:net'

export interface RawConnection {
  socket: Socket
  write(text: string): void
  /** All that the other side has sent so far. */
  received: () => string
  /** Resolves when the connection is over, for whatever reason. */
  closed: Promise<void>
}

/** Opens one, which stays open when this side has ended. */
export function openConnection(port: number): RawConnection {
  const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true })
  let received = ''
  socket.on('data', (chunk: Buffer) => (received += chunk.toString('latin1')))
  // A connection that is cut while we write is what many of the tests are about.
  socket.on('error', () => {})
  // Whatever happens to us, the other side's end is ours, too.
  socket.on('end', () => socket.destroy())
  return {
    socket,
    write: (text) => void (socket.writable && socket.write(text)),
    received: () => received,
    closed: new Promise((resolve) => socket.once('close', () => resolve())),
  }
}

/** The status of each answer in what came back. */
export function statusesOf(received: string): number[] {
  return [...received.matchAll(/HTTP\/1\.1 (\d{3}) /g)].map(([, status]) => Number(status))
}

/** A request as it goes over the wire. */
export async function wireForm(request: Request): Promise<string> {
  const body = await request.text()
  const { pathname } = new URL(request.url)
  const headers = [...request.headers].map(([name, value]) => `${name}: ${value}\r\n`).join('')
  const length = `content-length: ${Buffer.byteLength(body)}\r\n`
  return `${request.method} ${pathname} HTTP/1.1\r\nhost: onramp.test\r\n${headers}${length}\r\n${body}`
}
