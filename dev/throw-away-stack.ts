// A whole stack in a folder of its own, for one run of something, and gone afterwards.

import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { loadConfig } from '../platform/config.ts'
import { readOrMakeSecrets } from '../platform/local-secrets.ts'
import type { LocalSecrets } from '../platform/local-secrets.ts'
import { superviseParts } from './processes.ts'
import { throwAwayEnvironment } from './stack-environment.ts'
import { startStack } from './stack.ts'
import type { Stack } from './stack.ts'
import { aborted, stopSignal } from './stop-signal.ts'

export interface ThrowAwayStack extends Stack {
  secrets: LocalSecrets
  emulatorUrl: string
  /** The API's process. */
  apiPid: number
}

/**
 * Starts the stack, has `run` do its work on it and ends it, whatever happens.
 *
 * @returns what `run` returns; `null` when it was told to stop before
 * @throws Error when the stack does not come up or breaks
 */
export async function withThrowAwayStack<T>(
  say: (line: string) => void,
  run: (stack: ThrowAwayStack) => Promise<T>,
): Promise<T | null> {
  const stopping = stopSignal(process.env)
  const supervisor = superviseParts()
  const dataDir = await mkdtemp(join(tmpdir(), 'onramp-bench-'))
  const pids = new Map<string, number | null>()
  try {
    const env = throwAwayEnvironment(process.env, dataDir)
    const watching = {
      ...supervisor,
      start(options: Parameters<typeof supervisor.start>[0]) {
        const part = supervisor.start(options)
        pids.set(part.name, part.pid)
        return part
      },
    }
    const starting = startStack({
      config: loadConfig(env),
      env,
      dataDir,
      supervisor: watching,
      say,
      signal: stopping,
    })
    const stack = await Promise.race([starting, aborted(stopping)])
    if (stack === null) return null
    const apiPid = pids.get('API')
    if (stack.emulatorUrl === null || !apiPid) throw new Error('The stack has no emulator or no API of its own.')
    const whole = { ...stack, emulatorUrl: stack.emulatorUrl, apiPid, secrets: readOrMakeSecrets(dataDir) }
    const result = await Promise.race([run(whole), stack.broken, aborted(stopping)])
    if (result instanceof Error) throw result
    return result
  } finally {
    await supervisor.close()
    await rm(dataDir, { recursive: true, force: true, maxRetries: 5 })
  }
}
