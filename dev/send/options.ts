// The command line of `npm run send`: its options, and the event that they describe.

import { createHash, randomUUID } from 'node:crypto'
import { parseArgs } from 'node:util'
import { FIELD_NAMES, FIELDS } from '../../domain/fields.ts'
import type { EventToSend } from './webhook.ts'

/** Each option with the path that it sets in the event's `data`; those of the fields come from their table. */
const OPTIONS: { [option: string]: { path: string; label: string } } = {
  customer: { path: 'customerId', label: 'the product’s id of the customer' },
  ...Object.fromEntries(FIELD_NAMES.map((path) => [FIELDS[path].flag, { path, label: FIELDS[path].label }])),
  'company-id': { path: 'company.id', label: 'the product’s id of the company' },
}

export const HELP = `Signs one customer event and posts it to the onramp of \`npm start\`.

  npm run send -- register --email ADDRESS --company NAME [options]
  npm run send -- update --customer ID [options]

${Object.entries(OPTIONS)
  .map(([option, { label }]) => `  --${option.padEnd(17)} ${label}`)
  .join('\n')}
  --event-id          id of the event; the same id again has no effect (a new one)
  --at                when it happened, in ISO 8601 (now)
  --help              this page

An empty value, as in --phone "", clears a field. Without --customer, a registration gets an id made from the e-mail
address, so that the same command again means the same customer.

HOST and PORT say where onramp is, ONRAMP_DATA_DIR where its secrets are; WEBHOOK_SECRETS wins over these.
Exit code: 0 accepted, 1 not accepted or not reached, 2 the command is not understood.`

/** The command line is not understood; the message says what is wrong with it. */
export class UsageProblem extends Error {
  override name = 'UsageProblem'
}

/**
 * The event that a command line describes, or `'help'`. Whether its fields are right is for the API to say.
 *
 * @throws UsageProblem
 */
export function eventOf(args: string[], now: Date): { eventId: string; event: EventToSend } | 'help' {
  const { verb, values } = parse(args)
  if (values['help'] === true || verb === 'help') return 'help'

  const data = dataOf(values)
  if (verb === 'register' && typeof data['email'] === 'string') data['customerId'] ??= madeUpId(data['email'])
  if (verb === 'update' && data['customerId'] === undefined) {
    throw new UsageProblem('An update needs --customer: the id that the registration was answered with.')
  }
  return {
    eventId: textOf(values['event-id']) ?? randomUUID(),
    event: {
      type: verb === 'register' ? 'customer.registered' : 'customer.updated',
      timestamp: textOf(values['at']) ?? now.toISOString(),
      data,
    },
  }
}

type Values = Record<string, string | boolean | undefined>

function parse(args: string[]): { verb: 'register' | 'update' | 'help'; values: Values } {
  const names = [...Object.keys(OPTIONS), 'event-id', 'at']
  const options = Object.fromEntries(names.map((name) => [name, { type: 'string' as const }]))
  let parsed
  try {
    parsed = parseArgs({ args, options: { ...options, help: { type: 'boolean', short: 'h' } }, allowPositionals: true })
  } catch (error) {
    // The parser's first sentence names the option; what follows explains a rare case of no use here.
    throw new UsageProblem(`${String(error instanceof Error ? error.message : error).split('. ')[0]}.`)
  }

  const { positionals, values } = parsed
  const [verb = 'help', ...rest] = positionals
  if (verb !== 'register' && verb !== 'update' && verb !== 'help') {
    throw new UsageProblem(`There is no "${verb}"; it is register or update.`)
  }
  const [extra] = rest
  if (extra !== undefined)
    throw new UsageProblem(`"${extra}" belongs to no option; put quotes around a value with spaces.`)
  return { verb, values }
}

function dataOf(values: Values): Record<string, unknown> {
  const data: Record<string, unknown> = {}
  for (const [option, { path }] of Object.entries(OPTIONS)) {
    const text = values[option]
    if (typeof text !== 'string') continue
    const [group = '', field] = path.split('.')
    // An empty text stands for null, which clears; the event knows no empty texts.
    const value = text === '' ? null : text
    if (field === undefined) data[group] = value
    else data[group] = { ...(data[group] as object | undefined), [field]: value }
  }
  return data
}

function textOf(value: string | boolean | undefined): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined
}

function madeUpId(email: string): string {
  return `cus_${createHash('sha256').update(email.trim().toLowerCase()).digest('hex').slice(0, 10)}`
}
