// Parses the command line of `npm run send` into an event.

import { createHash, randomUUID } from 'node:crypto'
import { parseArgs } from 'node:util'
import { FIELD_NAMES, FIELDS } from '../../domain/fields.ts'
import type { EventToSend } from './webhook.ts'

/** Each option, and the path in the event's `data` that the option sets. The options of the fields come from domain/fields.ts. */
const OPTIONS: { [option: string]: { path: string; label: string } } = {
  customer: { path: 'customerId', label: 'your id of the customer' },
  ...Object.fromEntries(FIELD_NAMES.map((path) => [FIELDS[path].flag, { path, label: FIELDS[path].label }])),
  'company-id': { path: 'company.id', label: 'your id of the company' },
}

export const HELP = `Signs a customer event and posts it to the stack that \`npm start\` runs.

  npm run send -- register --email ADDRESS --company NAME [options]
  npm run send -- update --customer ID [options]
  npm run send -- erase --customer ID

${Object.entries(OPTIONS)
  .map(([option, { label }]) => `  --${option.padEnd(17)} ${label}`)
  .join('\n')}
  --event-id          id of the event; a repeated id has no effect (default: a new id)
  --at                time of the event in ISO 8601 (default: now)
  --help              prints this help

An empty value, as in --phone "", clears a field. An erasure is for good. Without --customer, the customer id of a
registration is derived from the e-mail address, so the same command means the same customer.

HOST and PORT are the address of the API. The secret is the first one of WEBHOOK_SECRETS, or else the one that
\`npm start\` stored in ONRAMP_DATA_DIR.
Exit code: 0 accepted, 1 rejected or no response, 2 invalid command.`

/** Thrown when the command line is invalid. The message says why. */
export class UsageError extends Error {
  override name = 'UsageError'
}

/**
 * The event of a command line, or `'help'`. Only the API validates the fields.
 *
 * @throws UsageError
 */
export function eventOf(args: string[], now: Date): { eventId: string; event: EventToSend } | 'help' {
  const { verb, values } = parse(args)
  if (values['help'] === true || verb === 'help') return 'help'

  const data = dataOf(values)
  if (verb === 'register' && typeof data['email'] === 'string') data['customerId'] ??= customerIdFor(data['email'])
  if (verb !== 'register' && data['customerId'] === undefined) {
    throw new UsageError(
      `An ${verb === 'update' ? 'update' : 'erasure'} needs --customer: the id that the registration printed.`,
    )
  }
  const [extra] = Object.keys(data).filter((name) => name !== 'customerId')
  if (verb === 'erase' && extra !== undefined) throw new UsageError('An erasure needs --customer alone.')
  return {
    eventId: textOf(values['event-id']) ?? randomUUID(),
    event: {
      type: TYPES[verb],
      timestamp: textOf(values['at']) ?? now.toISOString(),
      data,
    },
  }
}

const TYPES = {
  register: 'customer.registered',
  update: 'customer.updated',
  erase: 'customer.erased',
} as const

type Values = Record<string, string | boolean | undefined>

function parse(args: string[]): { verb: keyof typeof TYPES | 'help'; values: Values } {
  const names = [...Object.keys(OPTIONS), 'event-id', 'at']
  const options = Object.fromEntries(names.map((name) => [name, { type: 'string' as const }]))
  let parsed
  try {
    parsed = parseArgs({ args, options: { ...options, help: { type: 'boolean', short: 'h' } }, allowPositionals: true })
  } catch (error) {
    // The first sentence of the parser's message names the option. The rest explains a rare case that does not apply here.
    throw new UsageError(`${String(error instanceof Error ? error.message : error).split('. ')[0]}.`)
  }

  const { positionals, values } = parsed
  const [verb = 'help', ...rest] = positionals
  if (!isVerb(verb) && verb !== 'help') {
    throw new UsageError(`Unknown command "${verb}": use register, update or erase.`)
  }
  const [extra] = rest
  if (extra !== undefined) {
    throw new UsageError(`Unexpected argument "${extra}". Put quotes around a value with spaces.`)
  }
  return { verb, values }
}

function isVerb(verb: string): verb is keyof typeof TYPES {
  return Object.hasOwn(TYPES, verb)
}

function dataOf(values: Values): Record<string, unknown> {
  const data: Record<string, unknown> = {}
  for (const [option, { path }] of Object.entries(OPTIONS)) {
    const text = values[option]
    if (typeof text !== 'string') continue
    const [group = '', field] = path.split('.')
    // An empty value becomes `null`, which clears the field, since an event must not have empty texts.
    const value = text === '' ? null : text
    if (field === undefined) data[group] = value
    else data[group] = { ...(data[group] as object | undefined), [field]: value }
  }
  return data
}

function textOf(value: string | boolean | undefined): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined
}

function customerIdFor(email: string): string {
  return `cus_${createHash('sha256').update(email.trim().toLowerCase()).digest('hex').slice(0, 10)}`
}
