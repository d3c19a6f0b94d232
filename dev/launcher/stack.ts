// Starts the processes of onramp on one machine, in the order in which they depend on each other.

import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { API_ARGUMENTS } from '../../api/node-arguments.ts'
import { addressOf } from '../../platform/address.ts'
import { loadConfig } from '../../platform/config.ts'
import type { Config } from '../../platform/config.ts'
import { temporalDatabase } from '../../platform/local-secrets.ts'
import { NO_KEYS } from '../../platform/payloads/key-ring.ts'
import { isPrebuilt } from '../../worker/prebuilt-bundle.ts'
import { portProblem } from './free-ports.ts'
import type { StackProcess, Supervisor } from './processes.ts'
import { ProcessFailed, waitUntilReady } from './readiness.ts'
import { environmentFor, secretsFor, stackEnvironment } from './environment.ts'
import type { PARTS } from './environment.ts'
import { LOOPBACK, stackPorts, wantedPorts } from './ports.ts'
import type { StackPorts } from './ports.ts'
import { temporalCli, userCacheDir } from './temporal/cli.ts'
import { startPayloadDecoder } from './temporal/payload-decoder.ts'
import { startTemporalServer } from './temporal/server.ts'
import type { TemporalServer } from './temporal/server.ts'
import { versionNote } from './version-note.ts'
import { WORKER_ARGUMENTS } from '../../worker/node-arguments.ts'

export interface StackOptions {
  config: Config
  env: NodeJS.ProcessEnv
  dataDir: string
  supervisor: Supervisor
  /** Prints a line for the user. */
  say: (line: string) => void
  /** Aborts a download. */
  signal: AbortSignal
}

/** A running stack. An address is `null` when the user runs that service elsewhere. */
export interface Stack {
  apiUrl: string
  emulatorUrl: string | null
  temporalUiUrl: string | null
  logDir: string
  /** The environment of the worker. */
  env: NodeJS.ProcessEnv
  /** Resolves when a process has ended by itself. */
  broken: Promise<ProcessFailed>
}

/**
 * Starts all processes and returns when they are ready.
 *
 * @throws ProcessFailed when a process ends or does not become ready; then all others are stopped
 * @throws Error when a port is taken, a file is in use or there is no Temporal CLI
 */
export async function startStack(options: StackOptions): Promise<Stack> {
  const { config, env, supervisor, say, signal } = options
  // Temporal's own variables are not in our schema. TEMPORAL_ADDRESS means that the user has a server already.
  const starts = {
    temporal: !env['TEMPORAL_ADDRESS'],
    emulator: config.hubspotBaseUrl === undefined && config.hubspotAccessToken === undefined,
  }
  const ports = await stackPorts(config, starts)
  const problem = await portProblem(wantedPorts(ports, config))
  if (problem !== null) throw new Error(problem)

  const giveUp = new AbortController()
  const findingCli = starts.temporal
    ? temporalCli({
        configured: config.temporalCli ?? null,
        cacheDir: config.onrampCacheDir ?? userCacheDir(env),
        env,
        log: say,
        supervisor,
        signal: AbortSignal.any([signal, giveUp.signal]),
      })
    : null

  const { promise: broken, resolve } = Promise.withResolvers<ProcessFailed>()
  const watch = (started: StackProcess) => void started.ended.then((how) => resolve(new ProcessFailed(started, how)))
  const stack = await Promise.race([startAll({ ...options, ports, findingCli, watch }), broken])
  if (!(stack instanceof ProcessFailed)) return { ...stack, broken }

  // A download that is no longer needed still has to clean up.
  giveUp.abort()
  await supervisor.close()
  await findingCli?.catch(() => {})
  throw stack
}

interface StackContext extends StackOptions {
  ports: StackPorts
  findingCli: Promise<string> | null
  /** From this call on, the stack is broken when the process ends by itself. */
  watch: (started: StackProcess) => void
}

async function startAll(context: StackContext): Promise<Omit<Stack, 'broken'>> {
  const { config, dataDir, say, ports } = context
  const bundling = bundleWorkflows(context)
  const [temporal, emulatorUrl] = await Promise.all([startTemporal(context), startEmulator(context)])

  const addresses = { dataDir, emulatorUrl, temporal }
  const env = { ...stackEnvironment(config, context.env, addresses), PORT: String(ports.api) }
  await Promise.all([runSetup(context, env), bundling])

  say('Starting the worker and the API …')
  const apiUrl = addressOf(config.host, ports.api)
  const workerUrl = addressOf(config.metricsHost, ports.workerMetrics)
  await Promise.all([
    startService(context, {
      name: 'worker',
      url: workerUrl,
      env: { ...env, METRICS_PORT: String(ports.workerMetrics) },
    }),
    startService(context, { name: 'API', url: apiUrl, env: { ...env, METRICS_PORT: String(ports.apiMetrics) } }),
  ])
  const note = await versionNote(`${workerUrl}/health/ready`, join(logDirOf(dataDir), 'worker.log'))
  if (note !== null) say(note)
  return {
    apiUrl,
    emulatorUrl,
    temporalUiUrl: temporal?.uiUrl ?? null,
    logDir: logDirOf(dataDir),
    env: environmentFor('worker', env),
  }
}

async function startTemporal(context: StackContext): Promise<TemporalServer | null> {
  const { config, ports, findingCli, env, dataDir, supervisor, say, watch } = context
  if (findingCli === null || ports.temporal === null) return null
  const ring = config.payloadKeys ?? loadConfig(secretsFor(config, dataDir)).payloadKeys ?? NO_KEYS
  const cli = await findingCli
  say('Starting Temporal …')
  const file = temporalDatabase(dataDir)
  const logFile = join(logDirOf(dataDir), 'temporal.log')
  const { temporal: port, temporalUi: uiPort } = ports
  const uiUrl = config.temporalUiUrl ?? addressOf(LOOPBACK, uiPort ?? 0)
  const uiCodecEndpoint = await startPayloadDecoder({ ring, namespace: 'default', uiUrl })
  const server = await startTemporalServer({ cli, supervisor, env, port, uiPort, uiCodecEndpoint, file, logFile })
  watch(server)
  return server
}

async function startEmulator(context: StackContext): Promise<string | null> {
  const { dataDir, ports, watch } = context
  if (ports.emulator === null) return null
  // It has customers' records and a control API without a token, so HOST does not open it to other machines.
  const own = { HOST: LOOPBACK, EMULATOR_PORT: String(ports.emulator), ONRAMP_DATA_DIR: dataDir }
  const emulator = startNodeProcess(context, {
    name: 'HubSpot emulator',
    part: 'emulator',
    layer: 'base',
    entry: 'packages/hubspot-emulator/src/main.ts',
    env: { ...context.env, ...own },
  })
  watch(emulator)
  const url = addressOf(LOOPBACK, ports.emulator)
  await waitUntilReady(emulator, url)
  return url
}

/** The worker starts faster with a bundle. When the build fails, as in a read-only folder, the worker bundles the code itself. */
async function bundleWorkflows(context: StackContext): Promise<void> {
  if (isPrebuilt()) return
  const build = { name: 'bundle', part: 'bundle', layer: 'top', entry: 'worker/bundle.ts', env: context.env } as const
  await startNodeProcess(context, build).ended
}

async function runSetup(context: StackContext, env: NodeJS.ProcessEnv): Promise<void> {
  const setup = startNodeProcess(context, {
    name: 'setup',
    part: 'setup',
    layer: 'top',
    entry: 'worker/setup.ts',
    env,
  })
  const how = await setup.ended
  for (const line of setup.lastLines()) context.say(line)
  if (how !== 'exited with code 0') throw new Error(`The setup ${how}. Its output is above.`)
}

async function startService(
  context: StackContext,
  { name, url, env }: { name: 'worker' | 'API'; url: string; env: NodeJS.ProcessEnv },
): Promise<void> {
  const part = name === 'API' ? 'api' : 'worker'
  const service = startNodeProcess(context, { name, part, layer: 'top', entry: `${part}/main.ts`, env })
  context.watch(service)
  await waitUntilReady(service, `${url}/health/ready`)
}

interface NodeProcess {
  name: string
  part: keyof typeof PARTS
  layer: 'top' | 'base'
  /** Path of the file that Node runs, from the project's folder. */
  entry: string
  /** All variables; the process gets those of its part. */
  env: NodeJS.ProcessEnv
}

function startNodeProcess(
  { supervisor, dataDir }: StackContext,
  { name, part, layer, entry, env }: NodeProcess,
): StackProcess {
  return supervisor.start({
    name,
    layer,
    command: process.execPath,
    args: argumentsOf(part, entry),
    env: environmentFor(part, env),
    // Our processes read the `.env` of their working folder. The launcher has already read the user's `.env` and overrides parts
    // of it, so the processes must not read it again.
    cwd: dataDir,
    logFile: join(logDirOf(dataDir), `${name.toLowerCase().replaceAll(' ', '-')}.log`),
  })
}

function argumentsOf(part: NodeProcess['part'], entry: string): string[] {
  if (part === 'worker') return [...WORKER_ARGUMENTS]
  if (part === 'api') return [...API_ARGUMENTS]
  return [fileURLToPath(new URL(`../../${entry}`, import.meta.url))]
}

function logDirOf(dataDir: string): string {
  return join(dataDir, 'logs')
}
