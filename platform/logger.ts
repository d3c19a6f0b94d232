// One logger for a process: JSON lines, with whatever might hold personal data or a secret cut out.

import pino from 'pino'
import type { Logger } from 'pino'

export type { Logger } from 'pino'

/**
 * Lines carry ids, steps and codes. The paths below are a net for the day that somebody logs a whole object (G11).
 *
 * @param part which process speaks, such as `worker`
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
      censor: '[cut]',
    },
  })
}
