// The command line of `npm run customer`: what an operator asks for.

import { parseArgs } from 'node:util'
import { COMPANY_FIELDS, CONTACT_FIELDS } from '../domain/fields.ts'

type Option = 'phase' | 'attention' | 'all' | 'set' | 'yes'

/** Each command with what it is about, the options that it takes and what it does. */
const COMMANDS = {
  status: { about: 'ID', options: [], meaning: 'where a customer is, and what happened so far' },
  list: { about: null, options: ['phase', 'attention', 'all'], meaning: 'the customers, by phase or attention reason' },
  resume: { about: 'ID', options: ['set'], meaning: 'tries again what HubSpot refused, with corrections if you like' },
  resync: { about: 'ID', options: [], meaning: 'writes everything into HubSpot again' },
  erase: { about: 'ID', options: ['yes'], meaning: 'erases a customer, in HubSpot too; there is no way back' },
  attention: { about: null, options: [], meaning: 'how many customers are parked, by reason and step' },
  'resume-all': { about: 'REASON', options: [], meaning: 'resumes all who are parked for a reason, and waits for it' },
} as const satisfies Record<string, { about: string | null; options: Option[]; meaning: string }>
type Command = keyof typeof COMMANDS
const NAMES = Object.keys(COMMANDS) as Command[]

/** The fields that can be corrected. */
const FIELDS: readonly string[] = [...CONTACT_FIELDS, 'company.id', ...COMPANY_FIELDS]

/** The fields for the help, four a line. */
const FIELD_LINES = FIELDS.flatMap((_, index) =>
  index % 4 === 0 ? [`${' '.repeat(27)}${FIELDS.slice(index, index + 4).join(' ')}`] : [],
).join('\n')

/** What was asked for. `about` is the customer's id or the reason, empty where the command needs none. */
export interface Asked {
  command: Command
  about: string
  json: boolean
  phase?: string | undefined
  attention?: string | undefined
  all: boolean
  /** In the shape of an event's `data`; `null` when nothing is corrected. */
  corrections: Record<string, unknown> | null
}

export const HELP = `Looks after customers through the operator API.

${NAMES.map((name) => `  npm run customer -- ${`${name} ${COMMANDS[name].about ?? ''}`.padEnd(19)} ${COMMANDS[name].meaning}`).join('\n')}

  --phase PHASE            list: only who is in this phase
  --attention REASON       list: only who is parked for this reason
  --all                    list: not only the first hundred
  --set FIELD=VALUE        resume: corrects a field first, such as --set phone="+44 20 7946 0000"; an empty value
                           clears it. As often as you like. Fields:
${FIELD_LINES}
  --yes                    erase: says that you mean it
  --json                   prints the API's answer as it is; resume-all then does not wait.
                           For another program, say npm --silent run customer -- …
  --help                   this page

On the machine of \`npm start\` it needs no setting. Elsewhere ONRAMP_URL says where onramp is, and ONRAMP_TOKEN is one of
its operator tokens.
Exit code: 0 done, 1 the API refused or failed, 2 the command or a setting is not understood, 3 not found, 4 the API is
not reached.`

/** The command line or a setting is not understood; the message says what is wrong with it. */
export class UsageProblem extends Error {
  override name = 'UsageProblem'
}

/**
 * What a command line asks for, or `'help'`. Whether ids, phases and values are right is for the API to say.
 *
 * @throws UsageProblem
 */
export function askedBy(args: string[]): Asked | 'help' {
  const { positionals, values } = parse(args)
  const [name = 'help', about, extra] = positionals
  if (values.help || name === 'help') return 'help'
  const command = NAMES.find((known) => known === name)
  if (command === undefined) throw new UsageProblem(`There is no "${name}"; it is one of ${NAMES.join(', ')}.`)

  const wanted = COMMANDS[command]
  if (wanted.about !== null && !about) throw new UsageProblem(`${command} needs the ${wanted.about} after it.`)
  const surplus = wanted.about === null ? about : extra
  if (surplus !== undefined) throw new UsageProblem(`"${surplus}" is too much; put quotes around a value with spaces.`)
  const foreign = Object.keys(values).find(
    (option) => option !== 'json' && !wanted.options.some((own) => own === option),
  )
  if (foreign !== undefined) throw new UsageProblem(`${command} has no option --${foreign}.`)
  if (command === 'erase' && !values.yes) {
    throw new UsageProblem(`There is no way back from erasing ${about}. Say so with --yes.`)
  }

  return {
    command,
    about: about ?? '',
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
    // The parser's first sentence names the option; what follows explains a rare case of no use here.
    throw new UsageProblem(`${String(error instanceof Error ? error.message : error).split('. ')[0]}.`)
  }
}

function correctionsIn(assignments: string[]): Record<string, unknown> {
  const data: Record<string, unknown> = {}
  for (const assignment of assignments) {
    const [, path = '', text = ''] = /^([^=]*)=(.*)$/s.exec(assignment) ?? []
    if (!FIELDS.includes(path)) {
      throw new UsageProblem(`--set ${assignment}: it is FIELD=VALUE, with one of ${FIELDS.join(', ')}.`)
    }
    const [group = '', field] = path.split('.')
    const value = text === '' ? null : text
    data[group] = field === undefined ? value : { ...(data[group] as object | undefined), [field]: value }
  }
  return data
}
