// The interface of a proof of `npm run proof`: its name, what it checks, its options and the figures of its result.

import type { ThrowAwayStack } from '../launcher/throw-away-stack.ts'
import { shareOver } from './limits.ts'

export interface Proof {
  name: string
  /** What it checks, in lines of at most 100 characters. */
  checks: string[]
  /** The options that it takes besides `--seed`, with their defaults. */
  options: Record<string, { default: string; meaning: string }>
  run: (stack: ThrowAwayStack, settings: ProofSettings) => Promise<ProofResult>
}

export interface ProofSettings {
  seed: number
  /** The value of one of the proof's options. */
  text: (option: string) => string
  /** @throws Error when the value is no whole number from 0 up */
  number: (option: string) => number
  say: (line: string) => void
}

export interface ProofResult {
  /** Events or customers that HubSpot does not have as they should be. */
  lost: number
  /** Records and associations beyond those that should be there. */
  doubled: number
  /** Records of others that have changed. */
  foreign: number
  /** onramp's calls to HubSpot, and those of them that were over a limit. */
  calls: number
  over: number
  /** Further figures to print. */
  figures: object
  /** Every other broken promise, as a sentence. */
  wrong: string[]
}

/** The lines to print, and whether all guarantees hold. */
export function summaryOf(result: ProofResult): { lines: string[]; holds: boolean } {
  const { lost, doubled, foreign, calls, over, figures, wrong } = result
  const line = (name: string, value: unknown) => `  ${name.padEnd(22)}${String(value)}`
  const share = `${(100 * shareOver(result)).toFixed(2)} % (${over} of ${calls} calls to HubSpot)`
  const broken = [
    ...(lost === 0 ? [] : [`${lost} lost.`]),
    ...(doubled === 0 ? [] : [`${doubled} doubled.`]),
    ...(foreign === 0 ? [] : [`${foreign} foreign records changed.`]),
    ...wrong,
  ]
  const holds = broken.length === 0
  return {
    holds,
    lines: [
      ...Object.entries(figures).map(([name, value]) => line(name, value)),
      line('lost', lost),
      line('doubled', doubled),
      line('foreign', foreign),
      line('429', share),
      ...broken,
      holds ? 'All guarantees hold.' : 'Not all guarantees hold.',
    ],
  }
}
