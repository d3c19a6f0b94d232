// Starts the launcher as a real process, with its own data folder and ports, and lists the processes that it leaves behind.

import { execFile, spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))

export interface Launcher {
  pid: number
  /** Everything that it has printed so far. */
  output: () => string
  /** Its exit code; `null` after a signal. */
  exited: Promise<number | null>
  /** Resolves when it prints the command to try, or ends. */
  up: Promise<void>
  kill: (signal: NodeJS.Signals) => void
  /** Kills it, for a test that failed before its own end. */
  [Symbol.asyncDispose]: () => Promise<void>
}

/**
 * Starts `dev/launcher/main.ts`, directly or through `npm start`. It uses free ports unless `env` sets others, and never the
 * developer's own Temporal or HubSpot.
 */
export function startLauncher(options: {
  dataDir: string
  env?: NodeJS.ProcessEnv
  /** Its working folder, whose `.env` it reads. */
  cwd?: string
  through?: 'npm'
}): Launcher {
  const [command, ...args] = options.through ? ['npm', 'start'] : [process.execPath, join(ROOT, 'dev/launcher/main.ts')]
  const child = spawn(command, args, {
    cwd: options.cwd ?? ROOT,
    env: { ...environment(), ONRAMP_DATA_DIR: options.dataDir, ...options.env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  const exited = new Promise<number | null>((resolve) => child.once('close', resolve))
  const up = new Promise<void>((resolve) => {
    const read = (chunk: Buffer) => {
      output += chunk.toString()
      if (output.includes('npm run send')) resolve()
    }
    child.stdout.on('data', read)
    child.stderr.on('data', read)
    void exited.then(() => resolve())
  })
  return {
    pid: child.pid!,
    output: () => output,
    exited,
    up,
    kill: (signal) => child.kill(signal),
    async [Symbol.asyncDispose]() {
      child.kill('SIGKILL')
      await exited
    },
  }
}

/** Runs a command line in the project's folder, like a developer in another terminal. */
export async function runCommand(command: string): Promise<string> {
  const { stdout } = await promisify(execFile)('sh', ['-c', command], { cwd: ROOT, env: environment() })
  return stdout
}

function environment(): NodeJS.ProcessEnv {
  const foreign = /^(TEMPORAL_(?!CLI$)|HUBSPOT_)/
  const kept = Object.entries(process.env).filter(([name]) => !foreign.test(name))
  return {
    ...Object.fromEntries(kept),
    // An empty variable counts as unset and wins over the developer's `.env`, so that no test calls their HubSpot.
    HUBSPOT_ACCESS_TOKEN: '',
    HUBSPOT_BASE_URL: '',
    TEMPORAL_ADDRESS: '',
    WEBHOOK_SECRETS: '',
    OPERATOR_TOKENS: '',
    PAYLOAD_KEYS: '',
    HOST: '127.0.0.1',
    PORT: '0',
    METRICS_PORT: '0',
    EMULATOR_PORT: '0',
    TEMPORAL_PORT: '0',
    TEMPORAL_UI_PORT: '0',
  }
}

/** A data folder that is deleted at the end of the test. */
export async function aDataFolder(): Promise<{ path: string; [Symbol.asyncDispose]: () => Promise<void> }> {
  const path = await mkdtemp(join(tmpdir(), 'onramp-launcher-'))
  return {
    path,
    async [Symbol.asyncDispose]() {
      await rm(path, { recursive: true, force: true, maxRetries: 5 })
    },
  }
}

export interface RunningProcess {
  pid: number
  command: string
}

/** All descendants of this process. */
export async function descendantsOf(pid: number): Promise<RunningProcess[]> {
  const all = await processes()
  const found: RunningProcess[] = []
  const look = (parent: number) => {
    for (const each of all.filter(({ ppid }) => ppid === parent)) {
      found.push(each)
      look(each.pid)
    }
  }
  look(pid)
  return found
}

/** Those that still run. A zombie, which has ended but is not reaped yet, does not run. */
export async function alive(expected: RunningProcess[]): Promise<RunningProcess[]> {
  const running = await processes()
  return expected.filter(({ pid, command }) => running.some((each) => each.pid === pid && each.command === command))
}

async function processes(): Promise<(RunningProcess & { ppid: number })[]> {
  const { stdout } = await promisify(execFile)('ps', ['-A', '-o', 'pid=,ppid=,stat=,args='], {
    maxBuffer: 16 * 1024 * 1024,
  })
  return stdout.split('\n').flatMap((line) => {
    const [, pid, ppid, state, command] = /^\s*(\d+)\s+(\d+)\s+(\S+)\s+(.*)$/.exec(line) ?? []
    return command === undefined || state?.startsWith('Z') ? [] : [{ pid: Number(pid), ppid: Number(ppid), command }]
  })
}
