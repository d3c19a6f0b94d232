// Stops a run whose input cannot be read, before it decides anything.

import { isUndecodable } from '../domain/undecodable.ts'

/**
 * The worker lacks what it needs to read the input, such as the setting that lets payloads in clear be read. The error is not one of
 * Temporal's. So the workflow task fails, and Temporal repeats it until a worker can read the input. The run itself does not fail,
 * and loses nothing (G1).
 *
 * @throws Error
 */
export function assertReadable(input: unknown): void {
  if (isUndecodable(input)) throw new Error('The input of this run cannot be read. The log of the worker says why.')
}
