// Parses the command line of `npm run customer`, and holds its help page.

import { parseArgs } from 'node:util'
import { COMPANY_FIELDS, CONTACT_FIELDS } from '../domain/fields.ts'

type Option = 'phase' | 'attention' | 'all' | 'set' | 'yes'

interface CommandRow {
  /** The argument after the command's name. */
  argument: 'ID' | 'REASON' | null
  options: Option[]
  /** For the help page. */
  meaning: string
}

const COMMANDS = {
  status: { argument: 'ID', options: [], meaning: 'shows the status of a customer and what happened so far' },
  list: { argument: null, options: ['phase', 'attention', 'all'], meaning: 'lists customers' },
  resume: { argument: 'ID', options: ['set'], meaning: 'resumes a parked customer, after corrections if you give any' },
  resync: { argument: 'ID', options: [], meaning: 'writes all fields of a customer to HubSpot again' },
  erase: { argument: 'ID', options: ['yes'], meaning: 'erases a customer, in HubSpot too; it cannot be undone' },
  attention: { argument: null, options: [], meaning: 'counts the parked customers by reason and step' },
  'resume-all': {
    argument: 'REASON',
    options: [],
    meaning: 'resumes all customers who are parked for a reason, and waits until Temporal has signalled them',
  },
} as const satisfies Record<string, CommandRow>
type CommandName = keyof typeof COMMANDS
const COMMAND_NAMES = Object.keys(COMMANDS) as CommandName[]

/** The fields that can be corrected. */
const FIELDS: readonly string[] = [...CONTACT_FIELDS, 'company.id', ...COMPANY_FIELDS]

/** The fields for the help page, four per line. */
const FIELD_LINES = FIELDS.flatMap((_, index) =>
  index % 4 === 0 ? [`${' '.repeat(27)}${FIELDS.slice(index, index + 4).join(' ')}`] : [],
).join('\n')

/** A parsed command line. */
export interface CommandLine {
  command: CommandName
  /** The customer's id or the reason; empty for a command without an argument. */
  argument: string
  json: boolean
  phase?: string | undefined
  attention?: string | undefined
  all: boolean
  /** The corrections in the shape of an event's `data`; `null` when there are none. */
  corrections: Record<string, unknown> | null
}

export const HELP = `Operates on customers through the operator API.

${COMMAND_NAMES.map((name) => `  npm run customer -- ${`${name} ${COMMANDS[name].argument ?? ''}`.padEnd(19)} ${COMMANDS[name].meaning}`).join('\n')}

  --phase PHASE            list: only customers in this phase
  --attention REASON       list: only customers who are parked for this reason
  --all                    list: all customers, not only the first page of up to 100
  --set FIELD=VALUE        resume: corrects a field first, such as --set phone="+44 20 7946 0000"; an empty value
                           clears it. Repeat it for several fields. Fields:
${FIELD_LINES}
  --yes                    erase: confirms the erasure
  --json                   prints JSON: the API's response, or with --all one list; resume-all then does not wait.
                           For another program, run npm --silent run customer -- …
  --help                   shows this page

On the machine where \`npm start\` runs, no setting is needed. Elsewhere, set ONRAMP_URL to the address of onramp and ONRAMP_TOKEN to one
of its operator tokens.
Exit codes: 0 done, 1 the API rejected the request or failed, 2 wrong command line or setting, 3 not found, 4 no response from
the API.`

/** The command line or a setting is wrong. The message is for the operator. */
export class UsageError extends Error {
  override name = 'UsageError'
}

/**
 * Parses a command line, or returns `'help'`. Only the API checks ids, phases, reasons and values.
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
  if (command === 'erase' && !values.yes) {
    throw new UsageError(`Erasing ${argument} cannot be undone. Confirm it with --yes.`)
  }

  return {
    command,
    argument: argument ?? '',
    json: values.json ?? false,
    phase: values.phase,
    attention: values.attention,
    all: values.all ?? false,
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
        all: { type: 'boolean' },
        set: { type: 'string', multiple: true },
        yes: { type: 'boolean' },
        json: { type: 'boolean' },
        help: { type: 'boolean', short: 'h' },
      },
    })
  } catch (error) {
    // The first sentence of the parser's message names the option. The rest explains a rare case that does not apply here.
    throw new UsageError(`${String(error instanceof Error ? error.message : error).split('. ')[0]}.`)
  }
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
