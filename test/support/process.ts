// A part of onramp as it runs in production: a process of its own, which a test watches and ends.

import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { inject } from 'vitest'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))

export interface RunningProcess {
  /** All that it printed so far. */
  output: () => string
  /** Its exit code when it ends; a signal counts as `null`. */
  ended: Promise<number | null>
  /** Sends the signal, where it still runs, and waits for its end. */
  end(signal: NodeJS.Signals): Promise<number | null>
  /**
   * Returns once the address answers, and as it shall.
   *
   * @throws Error with all that it printed when the process has ended
   */
  answers(url: string, isFit?: (response: Response) => boolean): Promise<void>
}

/** Starts it before the run's Temporal server, unless `env` says otherwise. */
export function startProcess(
  entry: 'api/main.ts' | 'worker/main.ts' | 'worker/setup.ts',
  env: Record<string, string>,
): RunningProcess {
  const child = spawn(process.execPath, [join(ROOT, entry)], {
    env: { ...process.env, TEMPORAL_ADDRESS: inject('temporalAddress'), ...env },
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
    async answers(url, isFit = () => true) {
      for (;;) {
        const end = child.exitCode ?? child.signalCode
        if (end !== null) throw new Error(`${entry} ended with ${end}: ${output}`)
        if (await fetch(url).then(isFit, () => false)) return
        await new Promise((resolve) => setTimeout(resolve, 50))
      }
    },
  }
}
