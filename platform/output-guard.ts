// Keeps data out of the output that no logger checks: errors that nobody caught, and what libraries write to the console (G11).

import { causeOf } from './error-cause.ts'
import type { Logger } from './logger.ts'

/**
 * Ends the process with one line in the log at an error that nobody caught, or at a rejection that nobody handled. Node itself would
 * print the text and all properties of the error, and these may hold a customer's data.
 */
export function endOnCrash(logger: Logger): void {
  process.on('uncaughtException', (error) => {
    logger.fatal({ cause: causeOf(error) }, 'the process ends: an error was not caught')
    process.exit(1)
  })
}

const METHODS = ['debug', 'log', 'info', 'warn', 'error', 'trace', 'dir'] as const

/** Logs that a library has written to the console, and the cause of its error, but not its text. Our own code uses the logger. */
export function guardConsole(logger: Logger, guarded: Pick<Console, (typeof METHODS)[number]> = console): void {
  for (const method of METHODS) {
    guarded[method] = (...values: unknown[]) => {
      const error = values.find((value) => value instanceof Error)
      logger.warn({ cause: error && causeOf(error) }, 'a library has written to the console')
    }
  }
}
