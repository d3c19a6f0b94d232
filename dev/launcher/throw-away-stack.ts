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
import type { GivenTemporal } from './environment.ts'
import { ProcessFailed } from './readiness.ts'
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
  process.exitCode = 1
  try {
    const holds = await withThrowAwayStack({ temporal: null, stopping: stopSignal(process.env) }, run)
    if (holds === true) process.exitCode = 0
  } catch (error) {
    console.error(error instanceof Error ? error.message : error)
  }
  process.exit()
}

interface ThrowAwayOptions {
  /** `null` starts a development server. */
  temporal: GivenTemporal | null
  /** Ends the stack early. */
  stopping: AbortSignal
}

/**
 * Starts a stack, calls `run` and stops the stack. Returns what `run` returns, or `null` when `stopping` aborts.
 *
 * @throws ProcessFailed when a process of the stack ends by itself
 */
export async function withThrowAwayStack<Result>(
  { temporal, stopping }: ThrowAwayOptions,
  run: (stack: ThrowAwayStack) => Promise<Result>,
): Promise<Result | null> {
  const supervisor = startSupervisor()
  const dataDir = await mkdtemp(join(tmpdir(), 'onramp-throw-away-'))
  try {
    const env = throwAwayEnvironment(process.env, dataDir, temporal)
    const stack = await startThrowAway(env, dataDir, supervisor, stopping)
    if (stack === null) return null
    const running = run(stack)
    // When the stack ends first, nobody waits for what then fails in it.
    running.catch(() => {})
    const result = await Promise.race([running, stack.broken, aborted(stopping)])
    if (result instanceof ProcessFailed) throw result
    return result
  } finally {
    await supervisor.close()
    await rm(dataDir, { recursive: true, force: true, maxRetries: 5 })
  }
}

/** Returns `null` when `signal` aborts the start. */
async function startThrowAway(
  env: NodeJS.ProcessEnv,
  dataDir: string,
  supervisor: Supervisor,
  signal: AbortSignal,
): Promise<ThrowAwayStack | null> {
  const say = (line: string) => console.log(line)
  const starting = startStack({ config: loadConfig(env), env, dataDir, supervisor, say, signal })
  const stack = await Promise.race([starting, aborted(signal)])
  if (stack === null) return null
  if (stack.emulatorUrl === null) throw new Error('The stack has no emulator of its own.')
  return { ...stack, emulatorUrl: stack.emulatorUrl, supervisor, secrets: readOrCreateSecrets(dataDir) }
}
