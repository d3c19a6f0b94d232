// Starts the API, the worker, the setup, the promotion or a move as a process, as in production.

import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { inject } from 'vitest'
import { API_ARGUMENTS } from '../../api/node-arguments.ts'
import { PAYLOAD_KEYS } from './payload-keys.ts'
import { WORKER_ARGUMENTS } from '../../worker/node-arguments.ts'

const ARGUMENTS = {
  'api/main.ts': API_ARGUMENTS,
  'worker/main.ts': WORKER_ARGUMENTS,
  'worker/promote.ts': [fileURLToPath(new URL('../../worker/promote.ts', import.meta.url))],
  'move/main.ts': [fileURLToPath(new URL('../../move/main.ts', import.meta.url))],
  'worker/setup.ts': [fileURLToPath(new URL('../../worker/setup.ts', import.meta.url))],
}

export interface RunningProcess {
  /** Everything that it has printed so far. */
  output: () => string
  /** Its exit code; `null` after a signal. */
  ended: Promise<number | null>
  /** Sends the signal if it still runs, and waits until it ends. */
  end(signal: NodeJS.Signals): Promise<number | null>
  /**
   * Returns when the URL gives an expected response, by default any.
   *
   * @throws Error with everything that the process has printed, when it has ended
   */
  waitForResponse(url: string, isExpected?: (response: Response) => boolean): Promise<void>
}

/** Starts it on the test run's Temporal server, unless `env` names another one. */
export function startProcess(
  entry: keyof typeof ARGUMENTS,
  env: Record<string, string>,
  args: readonly string[] = [],
): RunningProcess {
  const ofTemporal = { TEMPORAL_ADDRESS: inject('temporalAddress'), TEMPORAL_NAMESPACE: inject('temporalNamespace') }
  // The variables of the test run itself are no settings of onramp.
  const inherited = Object.entries(process.env).filter(([name]) => !name.startsWith('ONRAMP_TEST_'))
  const child = spawn(process.execPath, [...ARGUMENTS[entry], ...args], {
    env: { ...Object.fromEntries(inherited), ...ofTemporal, PAYLOAD_KEYS, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (output += chunk.toString()))
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve))
  return {
    output: () => output,
    ended,
    async end(signal) {
      child.kill(signal)
      return await ended
    },
    async waitForResponse(url, isExpected = () => true) {
      for (;;) {
        const end = child.exitCode ?? child.signalCode
        if (end !== null) throw new Error(`${entry} ended with ${end}: ${output}`)
        if (await fetch(url).then(isExpected, () => false)) return
        await new Promise((resolve) => setTimeout(resolve, 50))
      }
    },
  }
}
