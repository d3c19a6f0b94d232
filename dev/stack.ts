// Brings up the parts of onramp on one machine, in the order in which they need each other.

import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Config } from '../platform/config.ts'
import { portProblem } from './ports.ts'
import type { Part, Supervisor } from './processes.ts'
import { PartFailed, untilAnswering } from './readiness.ts'
import { stackEnvironment } from './stack-environment.ts'
import { addressOf, stackPorts, wantedPorts } from './stack-ports.ts'
import { temporalCli, userCacheDir } from './temporal-cli.ts'
import { startTemporalServer } from './temporal-server.ts'

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
  /** Resolves when a part has ended by itself. */
  broken: Promise<PartFailed>
}

/**
 * Starts all parts and returns when they are ready.
 *
 * @throws PartFailed when a part ends or does not get ready
 * @throws Error when a port is taken, a file is in use or the Temporal CLI cannot be had
 */
export async function startStack({ config, env, dataDir, supervisor, say, signal }: StackOptions): Promise<Stack> {
  // The variables of Temporal's own profiles are not in our schema; this one says that a server runs already.
  const starts = {
    temporal: !env['TEMPORAL_ADDRESS'],
    emulator: config.hubspotBaseUrl === undefined && config.hubspotAccessToken === undefined,
  }
  const ports = await stackPorts(config, starts)
  const problem = await portProblem(wantedPorts(ports, config.host))
  if (problem !== null) throw new Error(problem)

  const logDir = join(dataDir, 'logs')
  const { promise: broken, resolve: breakDown } = Promise.withResolvers<PartFailed>()
  const watched = <Some extends Part>(part: Some): Some => {
    void part.ended.then((how) => breakDown(new PartFailed(part, how)))
    return part
  }
  const startOurs = (name: string, options: { layer: 'top' | 'base'; entry: string; env: NodeJS.ProcessEnv }) =>
    supervisor.start({
      name,
      layer: options.layer,
      command: process.execPath,
      args: [fileURLToPath(new URL(`../${options.entry}`, import.meta.url))],
      env: options.env,
      logFile: join(logDir, `${name.toLowerCase().replaceAll(' ', '-')}.log`),
    })

  const startTemporal = async (port: number) => {
    const cacheDir = config.onrampCacheDir ?? userCacheDir(env)
    const cli = await temporalCli({ configured: config.temporalCli ?? null, cacheDir, log: say, signal })
    say('Starting Temporal …')
    const file = join(dataDir, 'temporal.sqlite')
    const logFile = join(logDir, 'temporal-server.log')
    return watched(await startTemporalServer({ cli, supervisor, env, port, uiPort: ports.temporalUi, file, logFile }))
  }

  const startEmulator = async (port: number) => {
    const emulatorEnv = { ...env, HOST: config.host, EMULATOR_PORT: String(port), ONRAMP_DATA_DIR: dataDir }
    const emulator = startOurs('HubSpot emulator', { layer: 'base', entry: 'dev/hubspot/main.ts', env: emulatorEnv })
    await untilAnswering(watched(emulator), addressOf(config.host, port))
    return addressOf(config.host, port)
  }

  const bringUp = async (): Promise<Stack> => {
    const [temporal, emulatorUrl] = await Promise.all([
      ports.temporal === null ? null : startTemporal(ports.temporal),
      ports.emulator === null ? null : startEmulator(ports.emulator),
    ])
    const ours = stackEnvironment(config, env, { dataDir, emulatorUrl, temporal })

    const setup = startOurs('setup', { layer: 'top', entry: 'worker/setup.ts', env: ours })
    const how = await setup.ended
    for (const line of setup.lastLines()) say(line)
    if (how !== 'exited with code 0') throw new Error(`The setup ${how}; what it says stands above.`)

    say('Starting the worker and the API …')
    const startWithHealth = async (name: string, entry: string, url: string, port: number) => {
      const part = startOurs(name, { layer: 'top', entry, env: { ...ours, METRICS_PORT: String(port) } })
      await untilAnswering(watched(part), `${url}/health/ready`)
    }
    const apiUrl = addressOf(config.host, ports.api)
    ours['PORT'] = String(ports.api)
    await Promise.all([
      startWithHealth('worker', 'worker/main.ts', `http://127.0.0.1:${ports.workerMetrics}`, ports.workerMetrics),
      startWithHealth('API', 'api/main.ts', apiUrl, ports.apiMetrics),
    ])
    return { apiUrl, emulatorUrl, temporalUiUrl: temporal?.uiUrl ?? null, logDir, broken }
  }

  const outcome = await Promise.race([bringUp(), broken])
  if (outcome instanceof PartFailed) throw outcome
  return outcome
}
