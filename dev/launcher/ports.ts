// The ports of the stack, each with the variable that sets it.

import type { Config } from '../../platform/config.ts'
import { freePort } from './free-ports.ts'
import type { WantedPort } from './free-ports.ts'

/** What the launcher starts beside the API and the worker listens here. */
export const LOOPBACK = '127.0.0.1'

export interface StackPorts {
  api: number
  apiMetrics: number
  workerMetrics: number
  /** `null` when the launcher does not start the emulator or Temporal. */
  emulator: number | null
  temporal: number | null
  temporalUi: number | null
}

/** The ports from the settings; 0 means any free port. */
export async function stackPorts(
  config: Config,
  starts: { emulator: boolean; temporal: boolean },
): Promise<StackPorts> {
  const portOr = async (port: number) => (port === 0 ? await freePort() : port)
  return {
    api: await portOr(config.port),
    workerMetrics: await portOr(config.metricsPort),
    apiMetrics: await portOr(config.metricsPort === 0 ? 0 : config.metricsPort + 1),
    emulator: starts.emulator ? await portOr(config.emulatorPort) : null,
    temporal: starts.temporal ? await portOr(config.temporalPort) : null,
    temporalUi: starts.temporal ? await portOr(config.temporalUiPort) : null,
  }
}

/** The ports that must be free before the stack starts. */
export function wantedPorts(
  ports: StackPorts,
  { host, metricsHost }: Pick<Config, 'host' | 'metricsHost'>,
): WantedPort[] {
  const wanted = [
    { host, port: ports.api, variable: 'PORT' },
    { host: metricsHost, port: ports.workerMetrics, variable: 'METRICS_PORT' },
    { host: metricsHost, port: ports.apiMetrics, variable: 'METRICS_PORT (the API uses the port after it)' },
    { host: LOOPBACK, port: ports.emulator, variable: 'EMULATOR_PORT' },
    { host: LOOPBACK, port: ports.temporal, variable: 'TEMPORAL_PORT' },
    { host: LOOPBACK, port: ports.temporalUi, variable: 'TEMPORAL_UI_PORT' },
  ]
  return wanted.filter((each): each is WantedPort => each.port !== null)
}
