// The arguments of `npm run bench`, and its help.

import { parseArgs } from 'node:util'

export interface BenchArguments {
  /** The rows to run, each once. */
  rows: string[]
  rounds: number
  /** Customers of the rows `growth` and `workers`; `null` for the number that the row has by default. */
  customers: number | null
  /** Customers a second of the rows `pace` and `pace-limited`. */
  perSecond: number
  temporalAddress: string | null
  temporalPids: number[]
  profile: boolean
  jsonFile: string | null
  /** Whether the tables go into docs/performance.md as well. */
  docs: boolean
}

/** The options that change what is measured. */
export type MeasureOptions = Pick<BenchArguments, 'rounds' | 'customers' | 'perSecond' | 'temporalAddress'>

/** A row as the arguments see it. */
export interface NamedRow {
  name: string
  title: string
  apps: string[]
  run: 'by-default' | 'by-name'
}

/** The arguments are wrong. The message says which one and what is possible. */
export class WrongArguments extends Error {
  override name = 'WrongArguments'
}

const OPTIONS = {
  rounds: { type: 'string', default: '3' },
  customers: { type: 'string' },
  'per-second': { type: 'string' },
  temporal: { type: 'string' },
  'temporal-pids': { type: 'string' },
  profile: { type: 'boolean', default: false },
  json: { type: 'string' },
  docs: { type: 'boolean', default: false },
  help: { type: 'boolean', short: 'h', default: false },
} as const

// A step of `growth` ends with a sample of 500 customers, after the warm-up.
const LEAST_CUSTOMERS: Record<string, number> = { growth: 1_000, workers: 1 }
const DEFAULT_PER_SECOND = 20

/** @throws WrongArguments */
export function benchArguments(args: string[], rows: NamedRow[]): BenchArguments | 'help' {
  const { values, positionals } = parsed(args)
  if (values.help) return 'help'

  const unknown = positionals.find((name) => !rows.some((row) => row.name === name))
  if (unknown !== undefined) {
    throw new WrongArguments(`There is no row "${unknown}". The rows are ${rows.map(({ name }) => name).join(', ')}.`)
  }
  const byDefault = rows.filter(({ run }) => run === 'by-default').map(({ name }) => name)
  const names = positionals.length === 0 ? byDefault : [...new Set(positionals)]
  const least = Math.max(0, ...names.map((name) => LEAST_CUSTOMERS[name] ?? 0))
  if (values.customers !== undefined && least === 0) {
    throw new WrongArguments(
      '--customers is for the rows growth and workers: npm run bench -- growth --customers 100000',
    )
  }
  if (values['per-second'] !== undefined && !names.some((name) => name.startsWith('pace'))) {
    throw new WrongArguments(
      '--per-second is for the rows pace and pace-limited: npm run bench -- pace --per-second 10',
    )
  }
  if (values['temporal-pids'] !== undefined && values.temporal === undefined) {
    throw new WrongArguments('--temporal-pids names the processes of the server at --temporal; set both.')
  }
  if (values.temporal !== undefined && !/^[^\s:/]+:\d+$/.test(values.temporal)) {
    throw new WrongArguments('--temporal must be host:port, such as 127.0.0.1:7233.')
  }
  return {
    rows: names,
    rounds: whole('rounds', values.rounds, 1),
    customers: values.customers === undefined ? null : whole('customers', values.customers, least),
    perSecond: whole('per-second', values['per-second'] ?? String(DEFAULT_PER_SECOND), 1),
    temporalAddress: values.temporal ?? null,
    temporalPids: (values['temporal-pids'] ?? '')
      .split(',')
      .filter((pid) => pid !== '')
      .map((pid) => whole('temporal-pids', pid, 1)),
    profile: values.profile,
    jsonFile: values.json ?? null,
    docs: values.docs,
  }
}

export function helpText(rows: NamedRow[]): string {
  const width = Math.max(...rows.map(({ name }) => name.length))
  const list = (run: NamedRow['run']) =>
    rows
      .filter((row) => row.run === run)
      .map(({ apps, name, title }) => `  ${name.padEnd(width)}  ${title}${apps.length > 1 ? '' : ' (onramp alone)'}`)
  return `npm run bench -- [ROW …] [options]

Measures onramp beside a naive Temporal app (dev/bench/naive) on this machine. Each round starts both from nothing, one after the
other: API, worker, Temporal’s development server and the HubSpot emulator, each in a process of its own.

Without a name, these rows run:
${list('by-default').join('\n')}

These rows run only by name:
${list('by-name').join('\n')}

  --rounds 3             rounds of each row; the tables show medians
  --customers 100000     how many customers the row growth reaches, or register at once in each step of the row workers (1,000)
  --per-second 20        customers a second of the rows pace and pace-limited
  --temporal HOST:PORT   uses a running Temporal server (namespace default, no TLS) instead of a development server;
                         it gets the search attributes, and keeps the workflows
  --temporal-pids 12,34  the processes of that server, whose CPU time and memory then count as Temporal’s
  --profile              writes CPU profiles of onramp’s API and worker to a folder that it prints; all figures are then worse
  --json FILE            writes all rounds to a file as well
  --docs                 writes the tables to docs/performance.md as well
  --help                 prints this`
}

/** The options that change what is measured, as on the command line of one row. */
export function optionsOf(row: string, { customers, perSecond, rounds, temporalAddress }: MeasureOptions): string {
  return [
    `--rounds ${rounds}`,
    ...(row in LEAST_CUSTOMERS && customers !== null ? [`--customers ${customers}`] : []),
    ...(row.startsWith('pace') && perSecond !== DEFAULT_PER_SECOND ? [`--per-second ${perSecond}`] : []),
    ...(temporalAddress === null ? [] : [`--temporal ${temporalAddress}`]),
  ].join(' ')
}

function parsed(args: string[]) {
  try {
    return parseArgs({ args, allowPositionals: true, options: OPTIONS })
  } catch (error) {
    throw new WrongArguments(error instanceof Error ? error.message : String(error))
  }
}

function whole(name: string, text: string, least: number): number {
  const value = Number(text)
  if (text.trim() === '' || !Number.isInteger(value) || value < least) {
    throw new WrongArguments(
      `--${name} must be a whole number from ${least.toLocaleString('en-US')} up, not "${text}".`,
    )
  }
  return value
}
