// Which port each part of the stack gets, and the variable that moves it.

import type { Config } from '../../platform/config.ts'
import { freePort } from './free-ports.ts'
import type { WantedPort } from './free-ports.ts'

export interface StackPorts {
  api: number
  apiMetrics: number
  workerMetrics: number
  /** `null` for what is not started, since it runs elsewhere. */
  emulator: number | null
  temporal: number | null
  temporalUi: number | null
}

/** The ports of the settings; 0 stands for any free one. */
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

/** What has to be free before anything is started. */
export function wantedPorts(ports: StackPorts, host: string): WantedPort[] {
  const wanted = [
    { host, port: ports.api, variable: 'PORT' },
    { host: '127.0.0.1', port: ports.workerMetrics, variable: 'METRICS_PORT' },
    { host: '127.0.0.1', port: ports.apiMetrics, variable: 'METRICS_PORT, whose next port is the API’s' },
    { host, port: ports.emulator, variable: 'EMULATOR_PORT' },
    { host: '127.0.0.1', port: ports.temporal, variable: 'TEMPORAL_PORT' },
    { host: '127.0.0.1', port: ports.temporalUi, variable: 'TEMPORAL_UI_PORT' },
  ]
  return wanted.filter((each): each is WantedPort => each.port !== null)
}
