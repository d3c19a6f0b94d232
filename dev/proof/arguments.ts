// The arguments of `npm run proof`, and its help.

import { parseArgs } from 'node:util'
import type { Proof, ProofSettings } from './proof.ts'

/** The arguments are wrong. The message says which one and what is possible. */
export class WrongArguments extends Error {
  override name = 'WrongArguments'
}

export interface ProofArguments {
  proof: Proof
  settings: Omit<ProofSettings, 'say'>
}

/** @throws WrongArguments */
export function proofArguments(args: string[], proofs: Proof[]): ProofArguments | 'help' {
  const { values, positionals } = parsed(args, proofs)
  if (values['help'] === true) return 'help'
  const [name = 'chaos', ...others] = positionals
  const proof = proofs.find((each) => each.name === name)
  if (!proof || others.length > 0) {
    const wrong = proof ? `"${others.join(' ')}" is one proof too many` : `There is no proof "${name}"`
    throw new WrongArguments(`${wrong}. The proofs are ${proofs.map((each) => each.name).join(', ')}.`)
  }
  const foreign = Object.keys(values).find((option) => option !== 'seed' && !(option in proof.options))
  if (foreign !== undefined) {
    const known = ['seed', ...Object.keys(proof.options)].map((option) => `--${option}`)
    throw new WrongArguments(`The proof ${name} has no option --${foreign}. Its options are ${known.join(', ')}.`)
  }
  const text = (option: string) => String(values[option] ?? proof.options[option]?.default ?? '')
  const number = (option: string) => whole(option, text(option))
  for (const [option, { default: value }] of Object.entries(proof.options)) {
    if (/^\d+$/.test(value) && text(option) !== 'off') number(option)
  }
  const seed = values['seed'] === undefined ? Date.now() % 1_000_000 : whole('seed', String(values['seed']))
  return { proof, settings: { seed, text, number } }
}

export function helpText(proofs: Proof[]): string {
  const sections = proofs.map(({ name, checks, options }) => {
    const lines = Object.entries(options).map(
      ([option, { default: value, meaning }]) => `    ${`--${option} ${value}`.padEnd(22)}${meaning}`,
    )
    return [`  ${name}`, ...checks.map((line) => `    ${line}`), ...lines].join('\n')
  })
  return `npm run proof -- [PROOF] [options]

Checks onramp’s guarantees on a whole stack of its own: API, workers, Temporal and the HubSpot emulator, each a process. Afterwards
it prints what was lost, doubled or changed on foreign records, and the share of calls that HubSpot answered with 429 for its
limits. The exit code is 0 when all guarantees hold. Without a name it runs chaos.

${sections.join('\n\n')}

  --seed 1234   repeats the random choices of an earlier run; each run prints its seed
  --help        prints this`
}

function parsed(args: string[], proofs: Proof[]) {
  const names = new Set(['seed', ...proofs.flatMap(({ options }) => Object.keys(options))])
  const strings = Object.fromEntries([...names].map((name) => [name, { type: 'string' as const }]))
  const options = { ...strings, help: { type: 'boolean' as const, short: 'h' } }
  try {
    return parseArgs({ args, allowPositionals: true, options }) as {
      values: Record<string, string | boolean | undefined>
      positionals: string[]
    }
  } catch (error) {
    throw new WrongArguments(error instanceof Error ? error.message : String(error))
  }
}

/** @throws WrongArguments */
export function whole(option: string, text: string): number {
  if (/^\d{1,9}$/.test(text)) return Number(text)
  throw new WrongArguments(`--${option} must be a whole number, not "${text}".`)
}
