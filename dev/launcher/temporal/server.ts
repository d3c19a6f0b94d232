// Starts Temporal's development server with the settings that were measured to suit onramp.

import { existsSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { setTimeout as sleep } from 'node:timers/promises'
import { SEARCH_ATTRIBUTES } from '../../../domain/onboarding.ts'
import { untilAnswering } from '../readiness.ts'
import { freePort } from '../free-ports.ts'
import type { Part, Supervisor } from '../processes.ts'

// A killed launcher's guard needs up to 5 s to end the server that it left behind.
const RELEASE_TIMEOUT_MS = 10_000
const RETENTION_HOURS = 72

// SIGKILL of the server loses nothing with these two, a power cut may lose the last moments; together they make it
// two and a half times as fast as SQLite's own defaults.
const PRAGMAS = { journal_mode: 'WAL', synchronous: 'NORMAL' }

const SETTINGS = {
  // Otherwise every timer and every retry comes up to a second late.
  'history.timerProcessorMaxTimeShift': '"10ms"',
  // Shipped as 20 a second and shard, which makes each step of an onboarding wait for the next poll.
  'history.transferProcessorMaxPollRPS': '2000',
  'history.timerProcessorMaxPollRPS': '2000',
  'history.visibilityProcessorMaxPollRPS': '2000',
}

export interface TemporalServerOptions {
  cli: string
  supervisor: Supervisor
  env: NodeJS.ProcessEnv
  port: number
  /** `null` leaves the web page out. */
  uiPort: number | null
  /** The SQLite file that keeps the state; `null` keeps it in memory. */
  file: string | null
  logFile: string
  /** How long another server may take to let go of the file. */
  releaseTimeoutMs?: number
  /** More dynamic settings of the server, each value in JSON. */
  settings?: Record<string, string>
}

export interface TemporalServer extends Part {
  /** `host:port`, as TEMPORAL_ADDRESS takes it. */
  address: string
  uiUrl: string | null
}

/**
 * Starts the server and returns when it answers.
 *
 * @throws Error when another server uses the file, or when this one ends or does not answer in time
 */
export async function startTemporalServer(options: TemporalServerOptions): Promise<TemporalServer> {
  const { cli, supervisor, env, port, uiPort, file, logFile } = options
  if (file !== null) await waitUntilUnused(file, options.releaseTimeoutMs ?? RELEASE_TIMEOUT_MS)

  const httpPort = await freePort()
  const part = supervisor.start({
    name: 'Temporal server',
    layer: 'base',
    command: cli,
    args: [
      'server',
      'start-dev',
      ...flags({ ip: '127.0.0.1', port, 'http-port': httpPort, 'log-level': 'error' }),
      ...(uiPort === null ? ['--headless'] : ['--ui-disable-news-fetch', ...flags({ 'ui-port': uiPort })]),
      ...(file === null ? [] : [...flags({ 'db-filename': file }), ...repeated('--sqlite-pragma', PRAGMAS)]),
      ...repeated('--search-attribute', SEARCH_ATTRIBUTES),
      ...repeated('--dynamic-config-value', { ...SETTINGS, ...options.settings }),
    ],
    env,
    logFile,
  })

  const namespace = `http://127.0.0.1:${httpPort}/api/v1/namespaces/default`
  try {
    await untilAnswering(part, namespace)
    await keepClosedOnboardings(namespace)
  } catch (error) {
    await part.stop(2_000)
    throw error
  }
  return { ...part, address: `127.0.0.1:${port}`, uiUrl: uiPort === null ? null : `http://127.0.0.1:${uiPort}` }
}

function flags(values: Record<string, string | number>): string[] {
  return Object.entries(values).flatMap(([name, value]) => [`--${name}`, String(value)])
}

function repeated(flag: string, values: Record<string, string>): string[] {
  return Object.entries(values).flatMap(([name, value]) => [flag, `${name}=${value}`])
}

/** Two servers on one file both start, take the shards from each other and lose writes; only SQLite's own lock tells for sure. */
async function waitUntilUnused(file: string, timeoutMs: number): Promise<void> {
  const deadline = Date.now() + timeoutMs
  while (existsSync(file) && isOpenElsewhere(file)) {
    if (Date.now() > deadline) {
      throw new Error(
        `Another Temporal server is using ${file}. End it first, or set ONRAMP_DATA_DIR to another folder.`,
      )
    }
    await sleep(100)
  }
}

/** Whoever has a database in WAL mode open holds a shared lock on it, which the kernel takes away with the process. */
function isOpenElsewhere(file: string): boolean {
  const database = new DatabaseSync(file)
  try {
    database.exec('PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE; ROLLBACK')
    return false
  } catch (error) {
    const SQLITE_BUSY = 5
    if ((error as { errcode?: number }).errcode !== SQLITE_BUSY) throw error
    return true
  } finally {
    database.close()
  }
}

/** The server forgets closed workflows after a day; a weekend later people still want to see what happened to a customer. */
async function keepClosedOnboardings(namespace: string): Promise<void> {
  const response = await fetch(`${namespace}/update`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ config: { workflowExecutionRetentionTtl: `${RETENTION_HOURS * 3600}s` } }),
  })
  if (!response.ok)
    throw new Error(`The Temporal server did not take its retention time: it answered ${response.status}.`)
}
