// A part of `npm run test:cluster`, and its row in the table at the end.

import type { GivenTemporal } from '../../launcher/environment.ts'
import type { Outage } from '../outage.ts'
import type { ProofResult, ProofSettings } from '../proof.ts'
import { shareOver } from '../limits.ts'
import type { NamedPart } from './arguments.ts'

/** What a part runs with. */
export interface ClusterContext {
  /** The server, and a namespace on it that only this part uses. */
  temporal: GivenTemporal
  settings: ProofSettings
  outages: Outage[]
  /** Ends the part early. */
  stopping: AbortSignal
}

export interface Part extends NamedPart {
  /** @throws Error when it cannot come to an end */
  run: (context: ClusterContext) => Promise<PartResult>
}

export interface PartResult {
  /** What happened in it, in a few words: `300 customers, 9 kills`. */
  what: string
  /** `null` for tests, each of which counts in its own way. */
  proof: Omit<ProofResult, 'figures' | 'wrong'> | null
  /** Every broken promise besides those that the numbers show, as a sentence. */
  wrong: string[]
}

export interface FinishedPart extends PartResult {
  name: string
  seconds: number
}

/** A part that could not come to an end has kept no promise. */
export function failed(error: unknown): PartResult {
  return {
    what: 'did not come to its end',
    proof: null,
    wrong: [error instanceof Error ? error.message : String(error)],
  }
}

export function holds({ proof, wrong }: PartResult): boolean {
  return wrong.length === 0 && (proof === null || (proof.lost === 0 && proof.doubled === 0 && proof.foreign === 0))
}

/** The head and the rows of the table. */
export function rowsOf(parts: FinishedPart[]): [string[], ...string[][]] {
  return [
    ['part', 'what', 'lost', 'doubled', 'foreign', '429', 'time', 'holds'],
    ...parts.map((part) => {
      const { name, what, proof, seconds } = part
      const numbers =
        proof === null ? ['', '', '', ''] : [proof.lost, proof.doubled, proof.foreign, overOf(proof)].map(String)
      return [name, what, ...numbers, `${Math.round(seconds)} s`, holds(part) ? 'yes' : 'no']
    }),
  ]
}

function overOf(proof: NonNullable<PartResult['proof']>): string {
  const { over, calls } = proof
  return `${over} of ${calls.toLocaleString('en-US')} calls (${(100 * shareOver(proof)).toFixed(2)} %)`
}
