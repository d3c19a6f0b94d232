// The SDK's own lines, through our logger.

import { DefaultLogger } from '@temporalio/worker'
import type { Logger as TemporalLogger } from '@temporalio/worker'
import type { Logger } from '../platform/logger.ts'

/**
 * Of an error only its message is logged, which for our own failures holds no data of a customer (G11). Tries that fail
 * as expected come at the level debug, since our failures for them are benign.
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
