// Sends the log lines of the Temporal SDK through our logger.

import { DefaultLogger } from '@temporalio/worker'
import type { Logger as TemporalLogger } from '@temporalio/worker'
import type { Logger } from '../platform/logger.ts'

/**
 * Logs only the message of an error, since the messages of our own failures hold no customer data (G11). An expected failure of
 * an attempt is marked benign, so it is logged at level debug.
 */
export function temporalLogger(logger: Logger): TemporalLogger {
  return new DefaultLogger('TRACE', ({ level, message, meta }) => {
    const { error, ...rest } = meta ?? {}
    const line = error instanceof Error ? { ...rest, cause: error.message } : rest
    if (level === 'ERROR') logger.error(line, message)
    else if (level === 'WARN') logger.warn(line, message)
    else logger.debug(line, message)
  })
}
