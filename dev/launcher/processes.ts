// Starts and stops the processes of a local stack, so that none of them outlives the launcher.

import { spawn } from 'node:child_process'
import { closeSync, existsSync, fstatSync, mkdirSync, openSync, readSync, renameSync } from 'node:fs'
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { environmentFor } from './environment.ts'

const LAST_LINES = 20
const LAST_BYTES = 16 * 1024

type Layer = 'top' | 'base'

// Together 8 s, two seconds less than a stop may take. A worker finishes its calls in this time.
const GRACE_MS: Record<Layer, number> = { top: 6_000, base: 2_000 }

interface ProcessOptions {
  /** The name in messages: `worker`, `Temporal server`. */
  name: string
  command: string
  args: string[]
  env: NodeJS.ProcessEnv
  /** The working folder of the process. When it is absent, the process runs in the launcher's folder. */
  cwd?: string
  /** Processes of the top layer use those of the base layer, and are stopped first. */
  layer: Layer
  /** The file for everything that the process prints. Its former content is kept in `….previous`. */
  logFile: string
}

/** A process with all its descendants. */
export interface StackProcess {
  name: string
  pid: number | null
  logFile: string
  /** Resolves with the way the process ended: `exited with code 1`, `was ended by SIGKILL`. It never rejects. */
  ended: Promise<string>
  /** The last 20 lines that it printed. */
  lastLines: () => string[]
  /** Sends SIGTERM, and SIGKILL after `graceMs`; resolves when the process has ended. */
  stop: (graceMs: number) => Promise<void>
}

/** Starts processes, and ends those that still run when the launcher is killed. */
export interface Supervisor {
  /** The process id of the guard; `null` when it could not start. The guard of a killed launcher runs until all processes end. */
  guardPid: number | null
  /** @throws Error once the supervisor is closed */
  start(options: ProcessOptions): StackProcess
  /** Rejects further starts, stops the running processes layer by layer, and then ends the guard. */
  close(graceMs?: Record<Layer, number>): Promise<void>
}

export function startSupervisor(): Supervisor {
  // The guard has its own session, so that neither Ctrl-C nor a kill of the launcher's process group reaches it.
  const guard = spawn('sh', [fileURLToPath(new URL('guard.sh', import.meta.url))], {
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
    env: environmentFor('guard', process.env),
  })
  const guardEnded = new Promise<void>((resolve) => {
    guard.once('error', () => resolve())
    guard.once('exit', () => resolve())
  })
  // Without a guard, the stack lacks only the protection against a SIGKILL of its launcher, so the stack keeps running.
  guard.stdin.on('error', () => {})
  guard.unref()

  const notifyGuard = (what: 'started' | 'ended', group: number) => {
    if (guard.stdin.writable) guard.stdin.write(`${what} ${group}\n`)
  }

  const processes: Record<Layer, StackProcess[]> = { top: [], base: [] }
  let closed = false
  return {
    guardPid: guard.pid ?? null,
    start(options) {
      if (closed) throw new Error(`The ${options.name} is not started, since the stack is stopping.`)
      const started = spawnProcess(options, notifyGuard)
      processes[options.layer].push(started)
      return started
    },
    async close(graceMs = GRACE_MS) {
      closed = true
      await Promise.all(processes.top.map((each) => each.stop(graceMs.top)))
      await Promise.all(processes.base.map((each) => each.stop(graceMs.base)))
      guard.stdin.end()
      guard.ref()
      await guardEnded
    },
  }
}

function spawnProcess(
  options: ProcessOptions,
  notifyGuard: (what: 'started' | 'ended', group: number) => void,
): StackProcess {
  const { name, command, args, env, logFile } = options
  mkdirSync(dirname(logFile), { recursive: true })
  if (existsSync(logFile)) renameSync(logFile, `${logFile}.previous`)

  // The process writes to its file directly, so its last lines are kept even when the launcher is killed.
  const log = openSync(logFile, 'a')
  // The process gets its own process group. So Ctrl-C in the terminal does not reach it, and we can end its descendants too.
  const child = spawn(command, args, { env, cwd: options.cwd, detached: true, stdio: ['ignore', log, log] })
  closeSync(log)
  const pid = child.pid ?? null
  if (pid !== null) notifyGuard('started', pid)

  let alive = true
  const ended = new Promise<string>((resolve) => {
    child.once('error', (error) => resolve(`could not be started: ${error.message}`))
    child.once('exit', (code, signal) => resolve(signal ? `was ended by ${signal}` : `exited with code ${code}`))
  }).then((how) => {
    alive = false
    if (pid !== null) {
      signalGroup(pid, 'SIGKILL')
      notifyGuard('ended', pid)
    }
    return how
  })

  return {
    name,
    pid,
    logFile,
    ended,
    lastLines: () => lastLinesOf(logFile),
    async stop(graceMs) {
      if (!alive || pid === null) return
      signalGroup(pid, 'SIGTERM')
      const killing = setTimeout(() => signalGroup(pid, 'SIGKILL'), graceMs)
      await ended
      clearTimeout(killing)
    },
  }
}

function signalGroup(group: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-group, signal)
  } catch (error) {
    // ESRCH means that the whole group has ended already. macOS answers EPERM when only zombies are left.
    const { code } = error as NodeJS.ErrnoException
    if (code !== 'ESRCH' && code !== 'EPERM') throw error
  }
}

function lastLinesOf(file: string): string[] {
  const log = openSync(file, 'r')
  try {
    const size = fstatSync(log).size
    const buffer = Buffer.alloc(Math.min(size, LAST_BYTES))
    readSync(log, buffer, 0, buffer.length, size - buffer.length)
    return buffer
      .toString('utf8')
      .split('\n')
      .filter((line) => line.trim() !== '')
      .slice(-LAST_LINES)
  } finally {
    closeSync(log)
  }
}
