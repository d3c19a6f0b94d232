// Free ports, and which of the wanted ones are taken.

import { randomInt } from 'node:crypto'
import { connect, createServer } from 'node:net'

// The kernel hands out ports from 32768 on Linux, from 49152 on macOS, to whoever asks for any. A port below is not given
// to somebody else between the moment we choose it and the moment a part binds it, seconds later on a busy machine.
const FROM = 20_000
const TO = 32_000

const given = new Set<number>()

/** A loopback port that nobody listens on; another one each time. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = randomInt(FROM, TO)
    if (given.has(port) || !(await canListen('127.0.0.1', port))) continue
    given.add(port)
    return port
  }
}

/** A port that a part of the stack wants, and the variable that moves it. */
export interface WantedPort {
  host: string
  port: number
  variable: string
}

/** One line on all ports that cannot be had, with the variables that change them; `null` when all are free. */
export async function portProblem(wanted: WantedPort[]): Promise<string | null> {
  const twice = wanted.filter(({ port }, index) => wanted.findIndex((other) => other.port === port) !== index)
  const [double] = twice
  if (double) {
    const variables = wanted.filter(({ port }) => port === double.port).map(({ variable }) => variable)
    return `Port ${double.port} is wanted twice, by ${variables.join(' and ')}. Change one of them.`
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
  // Both questions are needed: macOS lets us bind 127.0.0.1 beside a program that listens on all addresses, and a
  // program that has bound the port may not accept connections yet.
  return (await someoneAnswers(port)) || !(await canListen(host, port))
}

async function someoneAnswers(port: number): Promise<boolean> {
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
