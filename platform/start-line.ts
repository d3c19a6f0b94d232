// The first line of a process in its log: which version runs with which settings, without their values.

import { readFileSync } from 'node:fs'
import { changedSettings, hasEnvFile } from './config.ts'
import type { Config } from './config.ts'
import type { LogFields, Logger } from './logger.ts'

/** The version of onramp. */
export const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
  version: string
}

interface StartLine {
  config: Config
  temporal: { namespace: string; connectionOptions: { address?: string } }
  /** What only this kind of process knows. */
  own?: LogFields
}

export function logStart(logger: Logger, { config, temporal, own = {} }: StartLine): void {
  const line = {
    version,
    ...own,
    address: temporal.connectionOptions.address,
    namespace: temporal.namespace,
    taskQueue: config.temporalTaskQueue,
    settings: changedSettings(config),
    hasEnvFile: hasEnvFile(),
  }
  logger.info(line, 'the process starts')
}
