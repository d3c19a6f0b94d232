// Turns the host that a server listens on into the address at which this machine reaches the server.

/** The address at which this machine reaches a server that listens on `host`. `0.0.0.0` and `::` become loopback. */
export function addressOf(host: string, port: number): string {
  if (host === '0.0.0.0' || host === '::') return `http://127.0.0.1:${port}`
  return `http://${host.includes(':') ? `[${host}]` : host}:${port}`
}
