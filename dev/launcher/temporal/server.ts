// Starts Temporal's development server, with settings that were measured for onramp.

import { existsSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { setTimeout as sleep } from 'node:timers/promises'
import { SEARCH_ATTRIBUTES } from '../../../domain/onboarding.ts'
import { waitUntilReady } from '../readiness.ts'
import { environmentFor } from '../environment.ts'
import { freePort } from '../free-ports.ts'
import type { StackProcess, Supervisor } from '../processes.ts'

// After a launcher is killed, its guard may need 5 s to end the server.
const RELEASE_TIMEOUT_MS = 10_000
const RETENTION_HOURS = 72

// With these two settings the server is two and a half times as fast as with SQLite's defaults. A SIGKILL of the server loses
// nothing. A power failure may lose the last moments.
const PRAGMAS = { journal_mode: 'WAL', synchronous: 'NORMAL' }

const SETTINGS = {
  // By default each timer and each retry may run a second late.
  'history.timerProcessorMaxTimeShift': '"10ms"',
  // The default is 20 polls a second for each shard, which makes each step of an onboarding wait for the next poll.
  'history.transferProcessorMaxPollRPS': '2000',
  'history.timerProcessorMaxPollRPS': '2000',
  'history.visibilityProcessorMaxPollRPS': '2000',
  // Temporal deletes a run when it next saves its queue's progress, and one deletion may wait for another. At the default of 30 seconds
  // the histories of an erased customer stay for minutes.
  'history.transferProcessorUpdateAckInterval': '"1s"',
}

export interface TemporalServerOptions {
  cli: string
  supervisor: Supervisor
  env: NodeJS.ProcessEnv
  port: number
  /** `null` starts no Temporal UI. */
  uiPort: number | null
  /** Where the Temporal UI has payloads decoded. If it is absent, the UI shows them encrypted. */
  uiCodecEndpoint?: string
  /** The SQLite file for the state; `null` keeps it in memory. */
  file: string | null
  logFile: string
  /** How long the start waits for another server that still uses the file. */
  releaseTimeoutMs?: number
  /** Further dynamic config of the server, each value in JSON. */
  settings?: Record<string, string>
}

export interface TemporalServer extends StackProcess {
  /** `host:port`, the form of TEMPORAL_ADDRESS. */
  address: string
  uiUrl: string | null
}

/**
 * Starts the server and returns when it answers.
 *
 * @throws Error when another server uses the file
 * @throws ProcessFailed when the server ends or does not answer in time
 */
export async function startTemporalServer(options: TemporalServerOptions): Promise<TemporalServer> {
  const { cli, supervisor, env, port, uiPort, uiCodecEndpoint, file, logFile } = options
  if (file !== null) await waitUntilUnused(file, options.releaseTimeoutMs ?? RELEASE_TIMEOUT_MS)

  const httpPort = await freePort()
  const server = supervisor.start({
    name: 'Temporal server',
    layer: 'base',
    command: cli,
    args: [
      'server',
      'start-dev',
      ...flags({ ip: '127.0.0.1', port, 'http-port': httpPort, 'log-level': 'error' }),
      ...(uiPort === null ? ['--headless'] : ['--ui-disable-news-fetch', ...flags({ 'ui-port': uiPort })]),
      ...(uiCodecEndpoint === undefined ? [] : flags({ 'ui-codec-endpoint': uiCodecEndpoint })),
      ...(file === null ? [] : [...flags({ 'db-filename': file }), ...repeated('--sqlite-pragma', PRAGMAS)]),
      ...repeated('--search-attribute', SEARCH_ATTRIBUTES),
      ...repeated('--dynamic-config-value', { ...SETTINGS, ...options.settings }),
    ],
    env: environmentFor('temporal', env),
    logFile,
  })

  const namespace = `http://127.0.0.1:${httpPort}/api/v1/namespaces/default`
  try {
    await waitUntilReady(server, namespace)
    await keepClosedOnboardings(namespace)
  } catch (error) {
    await server.stop(2_000)
    throw error
  }
  return { ...server, address: `127.0.0.1:${port}`, uiUrl: uiPort === null ? null : `http://127.0.0.1:${uiPort}` }
}

function flags(values: Record<string, string | number>): string[] {
  return Object.entries(values).flatMap(([name, value]) => [`--${name}`, String(value)])
}

function repeated(flag: string, values: Record<string, string>): string[] {
  return Object.entries(values).flatMap(([name, value]) => [flag, `${name}=${value}`])
}

/**
 * Two servers on one file both start, take each other's shards and lose writes. Only SQLite's lock shows that another server
 * uses the file.
 */
async function waitUntilUnused(file: string, timeoutMs: number): Promise<void> {
  const deadline = Date.now() + timeoutMs
  while (existsSync(file) && isOpenElsewhere(file)) {
    if (Date.now() > deadline) {
      throw new Error(
        `Another Temporal server is using ${file}. Stop it first, or set ONRAMP_DATA_DIR to another folder.`,
      )
    }
    await sleep(100)
  }
}

/** A process that has a WAL database open holds a shared lock, which the kernel releases when the process ends. */
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

/** By default the server deletes a workflow one day after it closes. On Monday a developer still needs those of Friday. */
async function keepClosedOnboardings(namespace: string): Promise<void> {
  const response = await fetch(`${namespace}/update`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ config: { workflowExecutionRetentionTtl: `${RETENTION_HOURS * 3600}s` } }),
  })
  if (!response.ok) throw new Error(`The Temporal server answered ${response.status} to its new retention time.`)
}
