// Sends the log lines of the Temporal SDK through our logger, without the data that they hold.

import { DefaultLogger } from '@temporalio/worker'
import type { LogLevel, Logger as TemporalLogger } from '@temporalio/worker'
import { causeOf } from '../platform/error-cause.ts'
import type { Logger } from '../platform/logger.ts'

// An expected failure of an attempt is marked benign, so the SDK logs it at DEBUG. Its INFO is about each worker, so it is our debug.
const LEVELS: { [level in LogLevel]: keyof Logger } = {
  TRACE: 'trace',
  DEBUG: 'debug',
  INFO: 'debug',
  WARN: 'warn',
  ERROR: 'error',
}

/** At the levels trace and debug, the SDK logs whole tasks with the customers' events; our logger drops these fields (G11). */
export function temporalLogger(logger: Logger): TemporalLogger {
  return new DefaultLogger('TRACE', ({ level, message, meta }) => {
    const { error, ...fields } = meta ?? {}
    logger[LEVELS[level]]({ ...fields, cause: error === undefined ? undefined : causeOf(error) }, plainPart(message))
  })
}

/** The fixed part of a message. After a colon the SDK quotes an error, a name or a whole object. */
function plainPart(message: string): string {
  return message.split(/: |\n/, 1)[0]!.slice(0, 300)
}
