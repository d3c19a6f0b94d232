// SIGTERM and Ctrl-C end the commands of the image at once. In a container their process is the first one, for which the kernel drops a
// signal without a handler.

import { spawn, spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { delimiter, dirname } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { expect, it, onTestFinished } from 'vitest'
import packageJson from '../../package.json' with { type: 'json' }
import { PAYLOAD_KEYS } from '../support/payload-keys.ts'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const LIMIT_MS = 30_000

/** The arguments before a command that make its process the first one of its own; none where the machine does not allow that. */
const FIRST_PROCESS =
  [[], ['--user', '--map-root-user']]
    .map((user) => ['unshare', ...user, '--pid', '--fork', '--kill-child'])
    .find(([unshare, ...args]) => spawnSync(unshare!, [...args, 'true']).status === 0) ?? []

/** A server that accepts connections and never answers. It stands for Temporal and for HubSpot. */
async function startSilentServer(): Promise<{ address: string; connected: Promise<'connected'> }> {
  const server = createServer()
  const connected = new Promise<'connected'>((resolve) => {
    server.on('connection', (socket) => {
      socket.on('error', () => {})
      resolve('connected')
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void server.close())
  return { address: `127.0.0.1:${(server.address() as AddressInfo).port}`, connected }
}

/** Starts the npm script as `deploy/command.sh` does. */
function startCommand(name: keyof typeof packageJson.scripts, args: readonly string[], address: string) {
  const command = [...FIRST_PROCESS, 'sh', '-c', `${packageJson.scripts[name]} "$@"`, 'onramp', ...args]
  const child = spawn(command[0]!, command.slice(1), {
    cwd: ROOT,
    env: {
      ...process.env,
      PATH: `${dirname(process.execPath)}${delimiter}${process.env['PATH']}`,
      TEMPORAL_ADDRESS: address,
      HUBSPOT_BASE_URL: `http://${address}`,
      PAYLOAD_KEYS,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  onTestFinished(() => void child.kill('SIGKILL'))
  let output = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (output += chunk.toString()))
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve))
  const children = () => readFileSync(`/proc/${child.pid}/task/${child.pid}/children`, 'utf8')
  return {
    output: () => output,
    ended,
    signal: (signal: NodeJS.Signals) =>
      process.kill(FIRST_PROCESS.length > 0 ? Number.parseInt(children(), 10) : child.pid!, signal),
  }
}

it.each([
  ['setup', [], 'SIGTERM', 143],
  ['promote', [], 'SIGTERM', 143],
  ['promote', ['--check'], 'SIGINT', 130],
  ['move', ['export', 'customers.jsonl'], 'SIGTERM', 143],
] as const)('`%s %s` ends at %s with %d, and says that it can be run again', async (name, args, signal, code) => {
  const { address, connected } = await startSilentServer()
  const command = startCommand(name, args, address)
  const early = command.ended.then(() => `it has ended: ${command.output()}`)
  expect(await Promise.race([connected, early])).toBe('connected')
  command.signal(signal)
  expect(await Promise.race([command.ended, sleep(LIMIT_MS, 'it still runs', { ref: false })])).toBe(code)
  expect(command.output()).toMatch(/was ended by a signal\. Run .*again/)
})
