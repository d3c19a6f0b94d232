// The logger of a process: JSON lines in which personal data and secrets are redacted.

import pino from 'pino'
import type { Logger } from 'pino'

export type { Logger } from 'pino'

/**
 * Log lines contain ids, steps and codes. The redacted paths are a second protection, for a line that logs a whole object (G11).
 *
 * @param part the process that logs, such as `worker`
 * @param level the minimum level
 */
export function createLogger(part: string, level: string): Logger {
  return pino({
    level,
    base: { part },
    timestamp: pino.stdTimeFunctions.isoTime,
    redact: {
      paths: ['email', 'phone', 'values', 'body', 'headers', 'authorization', 'token'].flatMap((name) => [
        name,
        `*.${name}`,
        `*.*.${name}`,
      ]),
      censor: '[redacted]',
    },
  })
}
