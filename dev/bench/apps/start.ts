// Runs a measurement on one app, with new processes and a new HubSpot that end with it.

import { randomUUID } from 'node:crypto'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { EmulatorControl } from 'hubspot-emulator/control'
import { NO_KEYS } from '../../../platform/payloads/key-ring.ts'
import { createClient } from '../../../platform/temporal.ts'
import { environmentFor } from '../../launcher/environment.ts'
import { freePort } from '../../launcher/free-ports.ts'
import { startSupervisor } from '../../launcher/processes.ts'
import { ProcessFailed, waitUntilReady } from '../../launcher/readiness.ts'
import { aborted } from '../../launcher/stop-signal.ts'
import { usageOf } from '../usage.ts'
import type { AppName, AppOptions, RunningApp } from './app.ts'
import type { StartContext, StartedApp } from './context.ts'
import { startNaive } from './naive.ts'
import { startOnramp } from './onramp.ts'
import { appProcesses } from './processes.ts'

/** The bench was stopped by Ctrl-C or a signal. */
export class Stopped extends Error {
  override name = 'Stopped'
}

const START: Record<AppName, (context: StartContext) => Promise<StartedApp>> = {
  onramp: startOnramp,
  'in clear': (context) => startOnramp({ ...context, settings: { ...context.settings, PAYLOAD_KEYS: 'none' } }),
  naive: startNaive,
}

/**
 * Starts the app, calls `measure`, and ends all processes of the app.
 *
 * @throws ProcessFailed when a process ends by itself
 * @throws Stopped when `signal` aborts
 */
export async function onApp<Result>(
  options: AppOptions,
  signal: AbortSignal,
  measure: (app: RunningApp) => Promise<Result>,
): Promise<Result> {
  const dataDir = await mkdtemp(join(tmpdir(), `onramp-bench-${options.name.replace(' ', '-')}-`))
  const processes = appProcesses(startSupervisor(), options.profileDir)
  try {
    const running = start(options, { dataDir, processes, signal }).then(measure)
    const result = await Promise.race([running, processes.failed, aborted(signal)])
    if (result === null) throw new Stopped('Stopped.')
    if (result instanceof ProcessFailed) throw result
    return result
  } catch (error) {
    const hasLines = error instanceof Error && error.message.includes('last lines')
    if (error instanceof Error && !hasLines && !(error instanceof Stopped))
      error.message += await lastLinesOfWorker(dataDir)
    throw error
  } finally {
    try {
      await processes.close()
    } finally {
      await rm(dataDir, { recursive: true, force: true, maxRetries: 5 })
    }
  }
}

async function start(
  options: AppOptions,
  context: Pick<StartContext, 'dataDir' | 'processes' | 'signal'>,
): Promise<RunningApp> {
  const { name, settings, temporalAddress, temporalNamespace, temporalPids } = options
  const { processes } = context
  const notes: string[] = []
  const added: string[] = []
  try {
    const emulatorUrl = await startEmulator(context)
    const started = await START[name]({
      ...context,
      emulatorUrl,
      settings,
      temporalAddress,
      temporalNamespace,
      taskQueue: `bench-${name.replace(' ', '-')}-${randomUUID()}`,
      note: (line) => notes.push(line),
    })
    // It only counts workflows and reads the sizes of their histories.
    const connectionOptions = { address: started.temporalAddress }
    const client = createClient({ connectionOptions, namespace: temporalNamespace }, NO_KEYS)
    return {
      ...started,
      name,
      portal: new EmulatorControl(emulatorUrl),
      temporal: client,
      usage: () => ({
        api: usageOf(processes.pidsOf('API')),
        worker: usageOf(['worker', ...added].flatMap((each) => processes.pidsOf(each))),
        temporal: usageOf(temporalAddress === null ? processes.pidsOf('Temporal server') : temporalPids),
      }),
      replaceWorker: () => processes.replace('worker'),
      async addWorker() {
        const port = String(await freePort())
        const nextName = `worker ${added.length + 2}`
        added.push(nextName)
        const worker = processes.startAnother('worker', nextName, { METRICS_PORT: port })
        await waitUntilReady(worker, `http://127.0.0.1:${port}/health/ready`)
      },
    }
  } catch (error) {
    throw new Error([...notes, error instanceof Error ? error.message : String(error)].join('\n'), { cause: error })
  }
}

/** The emulator keeps the portal in memory, so that it takes as little of the machine as possible. */
async function startEmulator({ dataDir, processes }: Pick<StartContext, 'dataDir' | 'processes'>): Promise<string> {
  const port = String(await freePort())
  const own = { HOST: '127.0.0.1', EMULATOR_PORT: port, ONRAMP_DATA_DIR: undefined }
  const emulator = processes.supervisor.start({
    name: 'HubSpot emulator',
    layer: 'base',
    command: process.execPath,
    args: [fileURLToPath(new URL('../../../packages/hubspot-emulator/src/main.ts', import.meta.url))],
    env: environmentFor('emulator', { ...process.env, ...own }),
    logFile: join(dataDir, 'logs', 'hubspot-emulator.log'),
  })
  const url = `http://127.0.0.1:${port}`
  await waitUntilReady(emulator, url)
  return url
}

/** The last lines of the worker's log, which say more about a measurement that got stuck than its time limit. */
async function lastLinesOfWorker(dataDir: string): Promise<string> {
  const text = await readFile(join(dataDir, 'logs', 'worker.log'), 'utf8').catch(() => '')
  const lines = text.trim().split('\n').slice(-5)
  return text.trim() === ''
    ? ''
    : `\nThe worker's last lines:\n${lines.map((line) => `  ${line.slice(0, 400)}`).join('\n')}`
}
