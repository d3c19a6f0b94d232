// Parses the command line of `npm run customer`, and holds its help page.

import { parseArgs } from 'node:util'
import { COMPANY_FIELDS, CONTACT_FIELDS } from '../domain/fields.ts'
import { ATTENTION_REASONS } from '../domain/attention.ts'
import { CONTACT_ID_PATTERN, CUSTOMER_ID_PATTERN } from '../domain/ids.ts'
import { PHASES, STEPS } from '../domain/onboarding.ts'

type Option = 'phase' | 'attention' | 'waiting' | 'all' | 'set' | 'yes' | 'unknown' | 'timeout'

interface CommandRow {
  /** The argument after the command's name. */
  argument: 'ID' | 'ADDRESS|CONTACT' | 'REASON' | null
  options: Option[]
  /** For the help page. */
  meaning: string
}

const COMMANDS = {
  status: { argument: 'ID', options: [], meaning: 'shows the status of a customer and what happened so far' },
  find: {
    argument: 'ADDRESS|CONTACT',
    options: [],
    meaning: 'finds a customer by an e-mail address, or by HubSpot’s id of the contact',
  },
  list: { argument: null, options: ['phase', 'attention', 'waiting', 'all'], meaning: 'lists customers' },
  resume: { argument: 'ID', options: ['set'], meaning: 'resumes a parked customer, after corrections if you give any' },
  correct: {
    argument: 'ID',
    options: ['set'],
    meaning: 'corrects values of a customer, parked or not',
  },
  resync: {
    argument: 'ID',
    options: ['yes'],
    meaning: 'lists the fields of a customer, and writes them to HubSpot again',
  },
  erase: {
    argument: 'ID',
    options: ['yes', 'unknown'],
    meaning: 'erases a customer, in HubSpot too; it cannot be undone',
  },
  'lift-erasure': { argument: 'ID', options: [], meaning: 'lifts an erasure, so that later events count again' },
  attention: {
    argument: null,
    options: [],
    meaning: 'counts the parked customers by reason and step, and the stuck runs',
  },
  'resume-all': {
    argument: 'REASON',
    options: ['timeout'],
    meaning: 'resumes all customers who are parked for a reason, and says what came of it',
  },
  'reset-stuck': {
    argument: null,
    options: ['timeout'],
    meaning: 'resets all stuck runs to their start on the current code, and says which go on',
  },
} as const satisfies Record<string, CommandRow>
type CommandName = keyof typeof COMMANDS
const COMMAND_NAMES = Object.keys(COMMANDS) as CommandName[]

/** The fields that can be corrected. */
const FIELDS: readonly string[] = [...CONTACT_FIELDS, 'company.id', ...COMPANY_FIELDS]

/** Words for the help page, four per line. */
function linesOf(words: readonly string[], indent: number): string {
  const lines = words.flatMap((_, index) => (index % 4 === 0 ? [words.slice(index, index + 4).join(' ')] : []))
  return lines.join(`\n${' '.repeat(indent)}`)
}

// A few hundred customers take seconds. With a smaller quota of HubSpot's, thousands take this long.
const TIMEOUT_SECONDS = 600

/** A parsed command line. */
export interface CommandLine {
  command: CommandName
  /** The customer's id, the address, the contact's id or the reason; empty for a command without an argument. */
  argument: string
  json: boolean
  phase?: string | undefined
  attention?: string | undefined
  waiting?: string | undefined
  all: boolean
  /** `erase`: also an id that neither onramp nor HubSpot knows. */
  unknown: boolean
  /** `erase`, `resync`: the operator has confirmed the command. */
  yes: boolean
  /** `resume-all`, `reset-stuck`: how long it waits for the customers; 0 does not wait. */
  timeoutSeconds: number
  /** The corrections in the shape of an event's `data`; `null` when there are none. */
  corrections: Record<string, unknown> | null
}

export const HELP = `Operates on customers through the operator API.

${COMMAND_NAMES.map((name) => `  npm run customer -- ${`${name} ${COMMANDS[name].argument ?? ''}`.padEnd(20)} ${COMMANDS[name].meaning}`).join('\n')}

  --phase PHASE            list: only customers in this phase
  --attention REASON       list: only customers who are parked for this reason
  --waiting STEP           list: only customers who wait for HubSpot at this step
  --all                    list: all customers, not only the first page of up to 100
  --set FIELD=VALUE        correct, resume: corrects a field, such as --set phone="+44 20 7946 0000"; an empty value
                           clears it. Repeat it for several fields. Fields:
                           ${linesOf(FIELDS, 27)}
  --timeout SECONDS        resume-all, reset-stuck: waits this long at most, instead of ${TIMEOUT_SECONDS}; 0 only starts it
  --yes                    erase, resync: confirms the command; without a terminal both need it
  --unknown                erase: also an id that neither onramp nor HubSpot knows; later events about it change nothing
  --json                   prints JSON: the API's response, with --all one list, with resume-all the result of each customer
                           who did not go on, with erase and reset-stuck what came of it. For another program, run npm --silent run customer -- …
  --help                   shows this page

Phases:  ${linesOf(PHASES, 9)}
Steps:   ${linesOf(STEPS, 9)}
Reasons: ${linesOf(ATTENTION_REASONS, 9)}

On the machine where \`npm start\` runs, no setting is needed. Elsewhere, set ONRAMP_URL to the address of onramp and ONRAMP_TOKEN to one
of its operator tokens.
Lists and counts come from Temporal's list of customers, which is some moments old. The status of a customer is not.
Exit codes: 0 done, 1 the API rejected the request or failed, or some customers of resume-all neither went on nor wait for HubSpot,
or some of reset-stuck do not go on, 2 wrong command line or setting, 3 not found, 4 no response from the API.`

/** The command line or a setting is wrong. The message is for the operator. */
export class UsageError extends Error {
  override name = 'UsageError'
}

/**
 * Parses a command line, or returns `'help'`. Only the API checks phases, reasons and values.
 *
 * @throws UsageError
 */
export function parseCommandLine(args: string[]): CommandLine | 'help' {
  const { positionals, values } = parse(args)
  const [name = 'help', argument, extra] = positionals
  if (values.help || name === 'help') return 'help'
  const command = COMMAND_NAMES.find((each) => each === name)
  if (command === undefined) {
    throw new UsageError(`There is no command "${name}". The commands are ${COMMAND_NAMES.join(', ')}.`)
  }

  const row = COMMANDS[command]
  if (row.argument !== null && !argument) {
    throw new UsageError(`${command} needs an argument: ${command} ${row.argument}.`)
  }
  const surplus = row.argument === null ? argument : extra
  if (surplus !== undefined) {
    throw new UsageError(`Unexpected argument "${surplus}". Put quotes around a value with spaces.`)
  }
  const foreign = Object.keys(values).find((option) => option !== 'json' && !row.options.some((own) => own === option))
  if (foreign !== undefined) throw new UsageError(`${command} has no option --${foreign}.`)
  if (row.argument === 'ID') assertCustomerId(argument ?? '')
  if (command === 'find' && !argument?.includes('@') && !CONTACT_ID_PATTERN.test(argument ?? '')) {
    throw new UsageError(`find needs an e-mail address, or HubSpot's id of a contact: 1 to 19 digits.`)
  }
  if (command === 'correct' && values.set === undefined) {
    throw new UsageError(`correct needs the corrections: correct ${argument} --set FIELD=VALUE.`)
  }
  if (command === 'erase' && !values.yes) {
    throw new UsageError(`Erasing ${argument} cannot be undone. Confirm it with --yes.`)
  }

  return {
    command,
    argument: argument ?? '',
    json: values.json ?? false,
    phase: values.phase,
    attention: values.attention,
    waiting: values.waiting,
    all: values.all ?? false,
    unknown: values.unknown ?? false,
    yes: values.yes ?? false,
    timeoutSeconds: values.timeout === undefined ? TIMEOUT_SECONDS : secondsIn(values.timeout),
    corrections: values.set ? correctionsIn(values.set) : null,
  }
}

function parse(args: string[]) {
  try {
    return parseArgs({
      args,
      allowPositionals: true,
      options: {
        phase: { type: 'string' },
        attention: { type: 'string' },
        waiting: { type: 'string' },
        all: { type: 'boolean' },
        set: { type: 'string', multiple: true },
        yes: { type: 'boolean' },
        unknown: { type: 'boolean' },
        timeout: { type: 'string' },
        json: { type: 'boolean' },
        help: { type: 'boolean', short: 'h' },
      },
    })
  } catch (error) {
    // The first sentence of the parser's message names the option. The rest explains a rare case that does not apply here.
    throw new UsageError(`${String(error instanceof Error ? error.message : error).split('. ')[0]}.`)
  }
}

/** An operator often has an address at hand, and looks for the customer with it. */
function assertCustomerId(text: string): void {
  if (CUSTOMER_ID_PATTERN.test(text)) return
  const advice = text.includes('@')
    ? `An e-mail address is no customer id: \`npm run customer -- find ${text}\` finds the customer.`
    : 'To find a customer by an e-mail address or a contact id of HubSpot, use find.'
  throw new UsageError(
    `"${text}" is no customer id, which is the product's own id: 1 to 128 of A-Z a-z 0-9 . _ : -. ${advice}`,
  )
}

function secondsIn(text: string): number {
  if (/^\d{1,6}$/.test(text)) return Number(text)
  throw new UsageError(`--timeout ${text} must be a whole number of seconds, such as 600.`)
}

function correctionsIn(assignments: string[]): Record<string, unknown> {
  const data: Record<string, unknown> = {}
  for (const assignment of assignments) {
    const [, path = '', text = ''] = /^([^=]*)=(.*)$/s.exec(assignment) ?? []
    if (!FIELDS.includes(path)) {
      throw new UsageError(`--set ${assignment} must be FIELD=VALUE, where FIELD is one of ${FIELDS.join(', ')}.`)
    }
    const [group = '', field] = path.split('.')
    const value = text === '' ? null : text
    data[group] = field === undefined ? value : { ...(data[group] as object | undefined), [field]: value }
  }
  return data
}
