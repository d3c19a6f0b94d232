// A gRPC proxy before the test run's Temporal server that answers some calls as other servers do.

import { connect, constants, createServer } from 'node:http2'
import type { IncomingHttpHeaders, ServerHttp2Stream } from 'node:http2'
import type { AddressInfo } from 'node:net'
import { inject, onTestFinished } from 'vitest'
import { GRPC } from '../../platform/temporal.ts'

interface Changes {
  /** The status with which the proxy answers a call by itself; `null` forwards the call. */
  reject?: (path: string) => number | null
  /** The status that the caller gets in place of the server's. */
  status?: (path: string, status: number) => number
}

interface Proxy {
  address: string
  stop: () => void
}

/**
 * Rejects every call of one service, as Temporal Cloud does.
 *
 * @returns the address of the proxy, which ends with the test
 */
export async function temporalWithout(service: string, status: number): Promise<string> {
  const { address, stop } = await startProxy({ reject: (path) => (path.startsWith(`/${service}/`) ? status : null) })
  onTestFinished(stop)
  return address
}

/** Answers a question about a deleted history as a server with an archive does, in a namespace without one. */
export async function startTemporalWithArchive(): Promise<Proxy> {
  const isHistory = (path: string) => /\/GetWorkflowExecutionHistory(Reverse)?$/.test(path)
  return await startProxy({
    status: (path, status) => (isHistory(path) && status === GRPC.notFound ? GRPC.invalidArgument : status),
  })
}

async function startProxy({ reject = () => null, status = (_, same) => same }: Changes): Promise<Proxy> {
  const upstream = connect(`http://${inject('temporalAddress')}`)
  const server = createServer()
  server.on('stream', (stream, headers) => {
    stream.on('error', () => {})
    const path = headers[':path'] ?? ''
    const rejection = reject(path)
    if (rejection !== null) return answer(stream, rejection)
    forward(stream, headers, (received) => changed(received, (same) => status(path, same)))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const stop = () => {
    server.close()
    upstream.destroy()
  }
  return { address: `127.0.0.1:${(server.address() as AddressInfo).port}`, stop }

  function forward(
    stream: ServerHttp2Stream,
    headers: IncomingHttpHeaders,
    change: (received: IncomingHttpHeaders) => IncomingHttpHeaders,
  ): void {
    const { ':authority': _, ':scheme': __, ...forwarded } = headers
    const call = upstream.request(forwarded)
    call.on('error', () => stream.close())
    let trailers: IncomingHttpHeaders | null = null
    call.on('response', (response, flags) => {
      // The caller may have left.
      if (stream.destroyed) return
      const isAll = (flags & constants.NGHTTP2_FLAG_END_STREAM) !== 0
      stream.respond(change(response), isAll ? { endStream: true } : { waitForTrailers: true })
    })
    call.on('trailers', (received) => (trailers = change(received)))
    stream.on('wantTrailers', () => (trailers === null ? stream.close() : stream.sendTrailers(trailers)))
    stream.pipe(call).pipe(stream)
  }
}

/** gRPC states its status in the trailers, or in the headers of a response without a body. */
function changed(headers: IncomingHttpHeaders, status: (same: number) => number): IncomingHttpHeaders {
  const stated = headers['grpc-status']
  return stated === undefined ? headers : { ...headers, 'grpc-status': String(status(Number(stated))) }
}

/** gRPC's error without a response: one block of headers. */
function answer(stream: ServerHttp2Stream, status: number): void {
  const headers = { ':status': 200, 'content-type': 'application/grpc', 'grpc-status': status, 'grpc-message': 'no' }
  stream.respond(headers, { endStream: true })
}
