// The message of an export or import that failed: it says why, and whether to run the command again.

import { causeOf } from '../platform/error-cause.ts'
import { temporalFailure } from '../platform/temporal-failure.ts'
import { WrongFile } from './customers-file.ts'

const AGAIN = 'Run the command again: it goes on where it ended.'
const CORRECT_FIRST = 'Correct this, and then run the command again: it goes on where it ended.'

/** @param place the namespace and the address of Temporal */
export function failureText(command: 'export' | 'import', place: string, error: unknown): string {
  if (error instanceof WrongFile) return error.message
  const failure = temporalFailure(error)
  if (failure !== null) {
    return `The ${command} failed in ${place}. ${failure.why}. ${failure.canPass ? AGAIN : CORRECT_FIRST}`
  }
  // A full disk, or a path that cannot be opened.
  const isOfSystem = error instanceof Error && 'syscall' in error
  return `The ${command} failed: ${causeOf(error)}.${isOfSystem ? ` ${CORRECT_FIRST}` : ''}`
}
