// Brings up the parts of onramp on one machine, in the order in which they need each other.

import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { addressOf } from '../../platform/address.ts'
import type { Config } from '../../platform/config.ts'
import { portProblem } from './free-ports.ts'
import type { Part, Supervisor } from './processes.ts'
import { PartFailed, untilAnswering } from './readiness.ts'
import { stackEnvironment } from './environment.ts'
import { stackPorts, wantedPorts } from './ports.ts'
import type { StackPorts } from './ports.ts'
import { temporalCli, userCacheDir } from './temporal/cli.ts'
import { startTemporalServer } from './temporal/server.ts'
import type { TemporalServer } from './temporal/server.ts'

export interface StackOptions {
  config: Config
  env: NodeJS.ProcessEnv
  dataDir: string
  supervisor: Supervisor
  /** Takes the lines that people see. */
  say: (line: string) => void
  /** Gives up what can take long, such as a download. */
  signal: AbortSignal
}

/** A stack that is up. Addresses of pages, or `null` when the user runs that part elsewhere. */
export interface Stack {
  apiUrl: string
  emulatorUrl: string | null
  temporalUiUrl: string | null
  logDir: string
  /** The environment that its parts were started with. */
  env: NodeJS.ProcessEnv
  /** Resolves when a part has ended by itself. */
  broken: Promise<PartFailed>
}

/**
 * Starts all parts and returns when they are ready.
 *
 * @throws PartFailed when a part ends or does not get ready; all parts are ended then
 * @throws Error when a port is taken, a file is in use or the Temporal CLI cannot be had
 */
export async function startStack(options: StackOptions): Promise<Stack> {
  const { config, env, supervisor, say, signal } = options
  // The variables of Temporal's own profiles are not in our schema; this one says that a server runs already.
  const starts = {
    temporal: !env['TEMPORAL_ADDRESS'],
    emulator: config.hubspotBaseUrl === undefined && config.hubspotAccessToken === undefined,
  }
  const ports = await stackPorts(config, starts)
  const problem = await portProblem(wantedPorts(ports, config.host))
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

  const { promise: broken, resolve } = Promise.withResolvers<PartFailed>()
  const watch = (part: Part) => void part.ended.then((how) => resolve(new PartFailed(part, how)))
  const stack = await Promise.race([bringUp({ ...options, ports, findingCli, watch }), broken])
  if (!(stack instanceof PartFailed)) return { ...stack, broken }

  // Nobody waits for a download any more, but it has to tidy up behind itself.
  giveUp.abort()
  await supervisor.close()
  await findingCli?.catch(() => {})
  throw stack
}

interface Undertaking extends StackOptions {
  ports: StackPorts
  findingCli: Promise<string> | null
  /** A part that is watched breaks the stack when it ends by itself. */
  watch: (part: Part) => void
}

async function bringUp(undertaking: Undertaking): Promise<Omit<Stack, 'broken'>> {
  const { config, env, dataDir, say, ports } = undertaking
  const [temporal, emulatorUrl] = await Promise.all([startTemporal(undertaking), startEmulator(undertaking)])

  const ours = { ...stackEnvironment(config, env, { dataDir, emulatorUrl, temporal }), PORT: String(ports.api) }
  await runSetup(undertaking, ours)

  say('Starting the worker and the API …')
  const apiUrl = addressOf(config.host, ports.api)
  const workerUrl = addressOf('127.0.0.1', ports.workerMetrics)
  await Promise.all([
    startReady(undertaking, {
      name: 'worker',
      url: workerUrl,
      env: { ...ours, METRICS_PORT: String(ports.workerMetrics) },
    }),
    startReady(undertaking, { name: 'API', url: apiUrl, env: { ...ours, METRICS_PORT: String(ports.apiMetrics) } }),
  ])
  return { apiUrl, emulatorUrl, temporalUiUrl: temporal?.uiUrl ?? null, logDir: logDirOf(dataDir), env: ours }
}

async function startTemporal({ ports, findingCli, env, ...rest }: Undertaking): Promise<TemporalServer | null> {
  const { dataDir, supervisor, say, watch } = rest
  if (findingCli === null || ports.temporal === null) return null
  const cli = await findingCli
  say('Starting Temporal …')
  const file = join(dataDir, 'temporal.sqlite')
  const logFile = join(logDirOf(dataDir), 'temporal.log')
  const { temporal: port, temporalUi: uiPort } = ports
  const server = await startTemporalServer({ cli, supervisor, env, port, uiPort, file, logFile })
  watch(server)
  return server
}

async function startEmulator(undertaking: Undertaking): Promise<string | null> {
  const { config, dataDir, ports, watch } = undertaking
  if (ports.emulator === null) return null
  const env = { ...undertaking.env, HOST: config.host, EMULATOR_PORT: String(ports.emulator), ONRAMP_DATA_DIR: dataDir }
  const emulator = startOurs(undertaking, {
    name: 'HubSpot emulator',
    layer: 'base',
    entry: 'packages/hubspot-emulator/src/main.ts',
    env,
  })
  watch(emulator)
  const url = addressOf(config.host, ports.emulator)
  await untilAnswering(emulator, url)
  return url
}

async function runSetup(undertaking: Undertaking, env: NodeJS.ProcessEnv): Promise<void> {
  const setup = startOurs(undertaking, { name: 'setup', layer: 'top', entry: 'worker/setup.ts', env })
  const how = await setup.ended
  for (const line of setup.lastLines()) undertaking.say(line)
  if (how !== 'exited with code 0') throw new Error(`The setup ${how}; what it says stands above.`)
}

async function startReady(
  undertaking: Undertaking,
  { name, url, env }: { name: 'worker' | 'API'; url: string; env: NodeJS.ProcessEnv },
): Promise<void> {
  const part = startOurs(undertaking, { name, layer: 'top', entry: `${name.toLowerCase()}/main.ts`, env })
  undertaking.watch(part)
  await untilAnswering(part, `${url}/health/ready`)
}

function startOurs(
  { supervisor, dataDir }: Undertaking,
  { name, layer, entry, env }: { name: string; layer: 'top' | 'base'; entry: string; env: NodeJS.ProcessEnv },
): Part {
  return supervisor.start({
    name,
    layer,
    command: process.execPath,
    args: [fileURLToPath(new URL(`../../${entry}`, import.meta.url))],
    env,
    // Each of ours reads the `.env` of the folder in which it runs. We have read it already, and know some of it better.
    cwd: dataDir,
    logFile: join(logDirOf(dataDir), `${name.toLowerCase().replaceAll(' ', '-')}.log`),
  })
}

function logDirOf(dataDir: string): string {
  return join(dataDir, 'logs')
}
