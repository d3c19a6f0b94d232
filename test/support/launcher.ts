// Starts the laptop launcher as a real process, with a data folder and ports of its own, and looks at what it leaves behind.

import { execFile, spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))

export interface Launcher {
  pid: number
  /** All that it printed so far. */
  output: () => string
  /** Its exit code; a signal counts as `null`. */
  exited: Promise<number | null>
  /** Resolves when it says what to try next, or has ended. */
  up: Promise<void>
  kill: (signal: NodeJS.Signals) => void
  /** Ends it when a test has failed before it could. */
  [Symbol.asyncDispose]: () => Promise<void>
}

/** Starts `dev/launcher/main.ts`, by itself or through `npm start`. Ports are free ones unless `env` says otherwise; Temporal and HubSpot are never the user's own. */
export function startLauncher(options: {
  dataDir: string
  env?: NodeJS.ProcessEnv
  /** Where it is started; its `.env` counts. */
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
    const take = (chunk: Buffer) => {
      output += chunk.toString()
      if (output.includes('npm run send')) resolve()
    }
    child.stdout.on('data', take)
    child.stderr.on('data', take)
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

/** Runs a command line as a person in another terminal would, from the project's folder. */
export async function runCommand(command: string): Promise<string> {
  const { stdout } = await promisify(execFile)('sh', ['-c', command], { cwd: ROOT, env: environment() })
  return stdout
}

function environment(): NodeJS.ProcessEnv {
  const foreign = /^(TEMPORAL_(?!CLI$)|HUBSPOT_)/
  const kept = Object.entries(process.env).filter(([name]) => !foreign.test(name))
  return {
    ...Object.fromEntries(kept),
    // Empty counts as unset, and keeps the `.env` of whoever runs the tests from filling it in: no test talks to their HubSpot.
    HUBSPOT_ACCESS_TOKEN: '',
    HUBSPOT_BASE_URL: '',
    TEMPORAL_ADDRESS: '',
    WEBHOOK_SECRETS: '',
    OPERATOR_TOKENS: '',
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

/** All processes that came from this one, at whatever depth. */
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

/** Those that still run; a process that has ended and waits to be taken note of does not. */
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
