// Starts the parts of a local stack as processes of their own, and sees to it that none outlives its launcher.

import { spawn } from 'node:child_process'
import { closeSync, existsSync, fstatSync, mkdirSync, openSync, readSync, renameSync } from 'node:fs'
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'

const LAST_LINES = 20
const LAST_BYTES = 16 * 1024

type Layer = 'top' | 'base'

// Together two seconds below the ten that a stop may take. A worker gets to finish the calls that are under way.
const GRACE_MS: Record<Layer, number> = { top: 6_000, base: 2_000 }

interface PartOptions {
  /** What people call it: `worker`, `Temporal server`. */
  name: string
  command: string
  args: string[]
  env: NodeJS.ProcessEnv
  /** The folder in which it runs; ours when absent. */
  cwd?: string
  /** Parts on top use those of the base, and are ended before them. */
  layer: Layer
  /** Takes all that the part prints; what stood there is kept beside it as `….previous`. */
  logFile: string
}

/** A running process with all its descendants. */
export interface Part {
  name: string
  pid: number | null
  logFile: string
  /** Resolves, never rejects, with how it ended: `exited with code 1`, `was ended by SIGKILL`. */
  ended: Promise<string>
  /** The last things it printed. */
  lastLines: () => string[]
  /** Asks it to end, and makes it end when it has not done so after `graceMs`. */
  stop: (graceMs: number) => Promise<void>
}

/** Starts parts, and ends those that are left when this process is killed. */
export interface Supervisor {
  /** The process that outlives a killed launcher until all parts have ended. */
  guardPid: number | null
  /** @throws Error once the supervisor is closed */
  start(options: PartOptions): Part
  /** Lets no part start any more, ends those that still run, layer by layer, and then the guard. */
  close(graceMs?: Record<Layer, number>): Promise<void>
}

export function superviseParts(): Supervisor {
  // The guard has a session of its own, so that neither Ctrl-C nor a kill of the launcher's process group reaches it.
  const guard = spawn('sh', [fileURLToPath(new URL('guard.sh', import.meta.url))], {
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  })
  const guardEnded = new Promise<void>((resolve) => {
    guard.once('error', () => resolve())
    guard.once('exit', () => resolve())
  })
  // Without its guard a stack only loses its protection against SIGKILL, which is no reason to stop it.
  guard.stdin.on('error', () => {})
  guard.unref()

  const tellGuard = (what: 'started' | 'ended', group: number) => {
    if (guard.stdin.writable) guard.stdin.write(`${what} ${group}\n`)
  }

  const parts: Record<Layer, Part[]> = { top: [], base: [] }
  let closed = false
  return {
    guardPid: guard.pid ?? null,
    start(options) {
      if (closed) throw new Error(`The ${options.name} is not started, since all is being stopped.`)
      const part = startPart(options, tellGuard)
      parts[options.layer].push(part)
      return part
    },
    async close(graceMs = GRACE_MS) {
      closed = true
      await Promise.all(parts.top.map((part) => part.stop(graceMs.top)))
      await Promise.all(parts.base.map((part) => part.stop(graceMs.base)))
      guard.stdin.end()
      guard.ref()
      await guardEnded
    },
  }
}

function startPart(options: PartOptions, tellGuard: (what: 'started' | 'ended', group: number) => void): Part {
  const { name, command, args, env, logFile } = options
  mkdirSync(dirname(logFile), { recursive: true })
  if (existsSync(logFile)) renameSync(logFile, `${logFile}.previous`)

  // The part writes to its file without us in between: nothing it prints last is lost, whatever happens to the launcher.
  const log = openSync(logFile, 'a')
  // A process group of its own keeps Ctrl-C in the terminal from reaching it, and lets us end its descendants with it.
  const child = spawn(command, args, { env, cwd: options.cwd, detached: true, stdio: ['ignore', log, log] })
  closeSync(log)
  const pid = child.pid ?? null
  if (pid !== null) tellGuard('started', pid)

  let alive = true
  const ended = new Promise<string>((resolve) => {
    child.once('error', (error) => resolve(`could not be started: ${error.message}`))
    child.once('exit', (code, signal) => resolve(signal ? `was ended by ${signal}` : `exited with code ${code}`))
  }).then((how) => {
    alive = false
    if (pid !== null) {
      signalGroup(pid, 'SIGKILL')
      tellGuard('ended', pid)
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
    // ESRCH: all of the group have ended by themselves, which is what we wanted. macOS says EPERM when only zombies are left.
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
