// Runs a command on its own complete stack, in a temporary folder that is deleted afterwards.

import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { loadConfig } from '../../platform/config.ts'
import { readOrCreateSecrets } from '../../platform/local-secrets.ts'
import type { LocalSecrets } from '../../platform/local-secrets.ts'
import { startSupervisor } from './processes.ts'
import type { Supervisor } from './processes.ts'
import { throwAwayEnvironment } from './environment.ts'
import { startStack } from './stack.ts'
import type { Stack } from './stack.ts'
import { aborted, stopSignal } from './stop-signal.ts'

export interface ThrowAwayStack extends Stack {
  secrets: LocalSecrets
  emulatorUrl: string
  /** Starts further processes, which end with the stack. */
  supervisor: Supervisor
}

/**
 * Starts a stack, calls `run`, stops the stack and exits. The exit code is 0 when `run` returns `true`, else 1.
 */
export async function onThrowAwayStack(run: (stack: ThrowAwayStack) => Promise<boolean>): Promise<never> {
  const stopping = stopSignal(process.env)
  const supervisor = startSupervisor()
  const dataDir = await mkdtemp(join(tmpdir(), 'onramp-throw-away-'))
  process.exitCode = 1
  try {
    const stack = await startThrowAway(dataDir, supervisor, stopping)
    const result = stack && (await Promise.race([run(stack), stack.broken, aborted(stopping)]))
    if (result instanceof Error) throw result
    if (result === true) process.exitCode = 0
  } catch (error) {
    console.error(error instanceof Error ? error.message : error)
  } finally {
    await supervisor.close()
    await rm(dataDir, { recursive: true, force: true, maxRetries: 5 })
  }
  process.exit()
}

/** Returns `null` when `signal` aborts the start. */
async function startThrowAway(
  dataDir: string,
  supervisor: Supervisor,
  signal: AbortSignal,
): Promise<ThrowAwayStack | null> {
  const env = throwAwayEnvironment(process.env, dataDir)
  const say = (line: string) => console.log(line)
  const starting = startStack({ config: loadConfig(env), env, dataDir, supervisor, say, signal })
  const stack = await Promise.race([starting, aborted(signal)])
  if (stack === null) return null
  if (stack.emulatorUrl === null) throw new Error('The stack has no emulator of its own.')
  return { ...stack, emulatorUrl: stack.emulatorUrl, supervisor, secrets: readOrCreateSecrets(dataDir) }
}
