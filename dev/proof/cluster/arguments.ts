// The arguments of `npm run test:cluster`, and its help.

import { parseArgs } from 'node:util'
import { whole, WrongArguments } from '../arguments.ts'
import type { Outage } from '../outage.ts'
import type { ProofSettings } from '../proof.ts'

export interface ClusterArguments {
  /** The parts to run, in their order. */
  parts: string[]
  /** `host:port` of the Temporal server. */
  address: string
  settings: Omit<ProofSettings, 'say'>
  outages: Outage[]
}

/** A part as the arguments see it. */
export interface NamedPart {
  name: string
  /** What it checks, in lines of at most 100 characters. */
  checks: string[]
}

const OPTIONS = {
  customers: { default: '300', meaning: 'customers of chaos and of two-workers' },
  kills: { default: '3', meaning: 'how often chaos kills a worker, and each part of Temporal' },
  limit: { default: '190', meaning: 'calls that the portal allows in ten seconds' },
}

const COMMANDS = {
  'kill-server': 'a shell command that kills the Temporal server with SIGKILL',
  'start-server': 'a shell command that starts it again, and returns while it runs',
  'kill-database': 'the same for the database of the server',
  'start-database': '',
}

const NO_ADDRESS = `Set TEMPORAL_ADDRESS to host:port of a Temporal server without TLS for tests, such as
  TEMPORAL_ADDRESS=127.0.0.1:7233 npm run test:cluster
It creates namespaces there, and deletes them again. docs/proof.md says how to start a server for it.`

/** @throws WrongArguments */
export function clusterArguments(
  args: string[],
  address: string | undefined,
  parts: NamedPart[],
): ClusterArguments | 'help' {
  const { values, positionals } = parsed(args)
  if (values['help'] === true) return 'help'
  const names = parts.map(({ name }) => name)
  const unknown = positionals.find((name) => !names.includes(name))
  if (unknown !== undefined)
    throw new WrongArguments(`There is no part "${unknown}". The parts are ${names.join(', ')}.`)
  const text = (option: string) => String(values[option] ?? OPTIONS[option as keyof typeof OPTIONS].default)
  const number = (option: string) => whole(option, text(option))
  for (const option of Object.keys(OPTIONS)) number(option)
  const seed = values['seed'] === undefined ? Date.now() % 1_000_000 : whole('seed', String(values['seed']))
  const outages = (['server', 'database'] as const).flatMap((what) => outageOf(what, values))
  if (!address) throw new WrongArguments(NO_ADDRESS)
  if (!/^[^\s:/]+:\d+$/.test(address)) {
    throw new WrongArguments(`TEMPORAL_ADDRESS must be host:port, such as 127.0.0.1:7233, not "${address}".`)
  }
  const isWanted = (name: string) => positionals.length === 0 || positionals.includes(name)
  return { parts: names.filter(isWanted), address, settings: { seed, text, number }, outages }
}

type Values = Record<string, string | boolean | undefined>

/** Without commands a part of Temporal is not killed. */
function outageOf(what: Outage['what'], values: Values): Outage[] {
  const [kill, start] = [values[`kill-${what}`], values[`start-${what}`]]
  if (kill === undefined && start === undefined) return []
  if (!kill || !start) throw new WrongArguments(`--kill-${what} and --start-${what} belong together; set both.`)
  return [{ what, kill: String(kill), start: String(start) }]
}

export function clusterHelp(parts: NamedPart[]): string {
  const sections = parts.map(({ name, checks }) => [`  ${name}`, ...checks.map((line) => `    ${line}`)].join('\n'))
  const line = (option: string, meaning: string) => `  ${`--${option}`.padEnd(27)}${meaning}`.trimEnd()
  const options = Object.entries(OPTIONS).map(([name, option]) => line(`${name} ${option.default}`, option.meaning))
  const commands = Object.entries(COMMANDS).map(([name, meaning]) => line(`${name} COMMAND`, meaning))
  return `TEMPORAL_ADDRESS=HOST:PORT npm run test:cluster -- [PART …] [options]

Runs tests and proofs on a production Temporal server instead of the development server. It creates namespaces there, and deletes
them again. At the end it prints one table. The exit code is 0 when all guarantees hold. Without a name all parts run:

${sections.join('\n\n')}

${options.join('\n')}
${line('seed 1234', 'repeats the random choices of an earlier run; each run prints its seed')}
${commands.join('\n')}
${line('help', 'prints this')}

Without the commands of the server or of the database, chaos does not kill them, and its row of the table says so.`
}

function parsed(args: string[]): { values: Values; positionals: string[] } {
  const names = ['seed', ...Object.keys(OPTIONS), ...Object.keys(COMMANDS)]
  const strings = Object.fromEntries(names.map((name) => [name, { type: 'string' as const }]))
  try {
    const options = { ...strings, help: { type: 'boolean' as const, short: 'h' } }
    return parseArgs({ args, allowPositionals: true, options })
  } catch (error) {
    throw new WrongArguments(error instanceof Error ? error.message : String(error))
  }
}
