// Finds free ports, and reports ports that other programs use.

import { randomInt } from 'node:crypto'
import { connect, createServer } from 'node:net'

// Other programs may ask the kernel for any free port. The kernel gives them ports from 32768 up on Linux, and from 49152 up on
// macOS. So a lower port stays free until our process binds it, which may be seconds later on a busy machine.
const FROM = 20_000
const TO = 32_000

const returned = new Set<number>()

/** Returns a free loopback port. Each call returns a different port. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = randomInt(FROM, TO)
    if (returned.has(port) || !(await canListen('127.0.0.1', port))) continue
    returned.add(port)
    return port
  }
}

/** A port that a process of the stack needs, and the variable that sets it. */
export interface WantedPort {
  host: string
  port: number
  variable: string
}

/** One line on all unavailable ports, with the variables that set them; `null` when all are free. */
export async function portProblem(wanted: WantedPort[]): Promise<string | null> {
  const twice = wanted.filter(({ port }, index) => wanted.findIndex((other) => other.port === port) !== index)
  const [double] = twice
  if (double) {
    const variables = wanted.filter(({ port }) => port === double.port).map(({ variable }) => variable)
    return `Port ${double.port} is set twice, by ${variables.join(' and ')}. Change one of them.`
  }

  const taken: WantedPort[] = []
  for (const each of wanted) if (await isTaken(each)) taken.push(each)
  const [first] = taken
  if (!first) return null
  if (taken.length === 1) {
    return `Port ${first.port} is taken by another program. Set ${first.variable} to a free one, or end that program.`
  }
  const list = taken.map(({ port, variable }) => `${port} (${variable})`).join(', ')
  return `Ports are taken by other programs: ${list}. Set these variables to free ones, or end those programs.`
}

async function isTaken({ host, port }: WantedPort): Promise<boolean> {
  // Both checks are needed: macOS lets us bind 127.0.0.1 beside a program that listens on all addresses, and a program
  // that has bound the port may not accept connections yet.
  return (await acceptsConnections(port)) || !(await canListen(host, port))
}

async function acceptsConnections(port: number): Promise<boolean> {
  return await new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port })
    socket.once('connect', () => {
      socket.destroy()
      resolve(true)
    })
    socket.once('error', () => resolve(false))
  })
}

async function canListen(host: string, port: number): Promise<boolean> {
  const server = createServer()
  return await new Promise((resolve) => {
    server.once('error', () => resolve(false))
    server.listen(port, host, () => server.close(() => resolve(true)))
  })
}
