// A gRPC proxy before the test run's Temporal server that rejects every call of one service, as Temporal Cloud does.

import { connect, constants, createServer } from 'node:http2'
import type { IncomingHttpHeaders, ServerHttp2Stream } from 'node:http2'
import type { AddressInfo } from 'node:net'
import { inject, onTestFinished } from 'vitest'

/** @returns the address of the proxy, which ends with the test */
export async function temporalWithout(service: string, status: number): Promise<string> {
  const upstream = connect(`http://${inject('temporalAddress')}`)
  const server = createServer()
  server.on('stream', (stream, headers) => {
    stream.on('error', () => {})
    if (headers[':path']?.startsWith(`/${service}/`)) return reject(stream, status)
    forward(stream, headers)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.close()
    upstream.destroy()
  })
  return `127.0.0.1:${(server.address() as AddressInfo).port}`

  function forward(stream: ServerHttp2Stream, headers: IncomingHttpHeaders): void {
    const { ':authority': _, ':scheme': __, ...forwarded } = headers
    const call = upstream.request(forwarded)
    call.on('error', () => stream.close())
    let trailers: IncomingHttpHeaders | null = null
    call.on('response', (response, flags) => {
      const isAll = (flags & constants.NGHTTP2_FLAG_END_STREAM) !== 0
      stream.respond(response, isAll ? { endStream: true } : { waitForTrailers: true })
    })
    call.on('trailers', (received) => (trailers = received))
    stream.on('wantTrailers', () => (trailers === null ? stream.close() : stream.sendTrailers(trailers)))
    stream.pipe(call).pipe(stream)
  }
}

/** gRPC's error without a response: one block of headers. */
function reject(stream: ServerHttp2Stream, status: number): void {
  const headers = { ':status': 200, 'content-type': 'application/grpc', 'grpc-status': status, 'grpc-message': 'no' }
  stream.respond(headers, { endStream: true })
}
