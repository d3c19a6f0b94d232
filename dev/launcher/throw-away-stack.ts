// A whole stack in a folder of its own, for one run of something, and gone afterwards.

import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { loadConfig } from '../../platform/config.ts'
import { readOrCreateSecrets } from '../../platform/local-secrets.ts'
import type { LocalSecrets } from '../../platform/local-secrets.ts'
import { superviseParts } from './processes.ts'
import type { Supervisor } from './processes.ts'
import { throwAwayEnvironment } from './environment.ts'
import { startStack } from './stack.ts'
import type { Stack } from './stack.ts'
import { aborted, stopSignal } from './stop-signal.ts'

export interface ThrowAwayStack extends Stack {
  secrets: LocalSecrets
  emulatorUrl: string
  /** The API's process. */
  apiPid: number
  /** Starts further parts, which end with the stack. */
  supervisor: Supervisor
}

/**
 * The whole of a command that plays something on a stack of its own: starts it, has `run` do its work, ends it, and ends
 * the process: with 0 when `run` says that all is well, else with 1.
 */
export async function onThrowAwayStack(run: (stack: ThrowAwayStack) => Promise<boolean>): Promise<never> {
  const stopping = stopSignal(process.env)
  const supervisor = superviseParts()
  const dataDir = await mkdtemp(join(tmpdir(), 'onramp-throw-away-'))
  process.exitCode = 1
  try {
    const whole = await bringUp(dataDir, supervisor, stopping)
    const isWell = whole && (await Promise.race([run(whole), whole.broken, aborted(stopping)]))
    if (isWell instanceof Error) throw isWell
    if (isWell === true) process.exitCode = 0
  } catch (error) {
    console.error(error instanceof Error ? error.message : error)
  } finally {
    await supervisor.close()
    await rm(dataDir, { recursive: true, force: true, maxRetries: 5 })
  }
  process.exit()
}

/** `null` when it was told to stop before. */
async function bringUp(dataDir: string, supervisor: Supervisor, signal: AbortSignal): Promise<ThrowAwayStack | null> {
  const pids = new Map<string, number | null>()
  const watching: Supervisor = {
    ...supervisor,
    start(options) {
      const part = supervisor.start(options)
      pids.set(part.name, part.pid)
      return part
    },
  }
  const env = throwAwayEnvironment(process.env, dataDir)
  const say = (line: string) => console.log(line)
  const starting = startStack({ config: loadConfig(env), env, dataDir, supervisor: watching, say, signal })
  const stack = await Promise.race([starting, aborted(signal)])
  if (stack === null) return null
  const apiPid = pids.get('API')
  if (stack.emulatorUrl === null || !apiPid) throw new Error('The stack has no emulator or no API of its own.')
  return { ...stack, emulatorUrl: stack.emulatorUrl, apiPid, supervisor, secrets: readOrCreateSecrets(dataDir) }
}
