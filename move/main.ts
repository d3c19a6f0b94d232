// `npm run move`: moves all customers from one Temporal to another, by a file.

import { parseArgs } from 'node:util'
import { configOrExit, configWarnings } from '../platform/config.ts'
import { endOnSignal } from '../platform/end-on-signal.ts'
import { createLogger } from '../platform/logger.ts'
import { endOnCrash } from '../platform/output-guard.ts'
import { temporalOrExit } from '../platform/temporal.ts'
import { GrowingFile } from './customers-file.ts'
import { exportCustomers, openOnboardings } from './export.ts'
import { failureText } from './failure.ts'
import { importCustomers } from './import.ts'
import { StateCodec } from './state-codec.ts'

const RATE = 50
const PROGRESS_EVERY_MS = 2000

const HELP = `Moves all customers from one Temporal to another. docs/operations/move.md has the steps.

  npm run move -- export FILE --yes     ends the onboardings in the Temporal of TEMPORAL_ADDRESS, and writes their states into FILE
  npm run move -- import FILE           starts them in the Temporal of TEMPORAL_ADDRESS

  --yes          export: confirms that the onboardings end here
  --rate NUMBER  import: customers a second, instead of ${RATE}

Both can be repeated with the same FILE. Each move needs a new FILE, also the way back. Stop all APIs before the export: until the import is done, the product has to send its events again.
Exit codes: 0 done, 1 failed, or not done for some customers, 2 wrong command line or setting.`

process.exitCode = await main(process.argv.slice(2))

async function main(args: string[]): Promise<number> {
  const commandLine = parse(args)
  if (typeof commandLine === 'string') {
    print(commandLine === '' ? HELP : `${commandLine}\n\`npm run move\` shows the commands.`)
    return commandLine === '' ? 0 : 2
  }
  const config = configOrExit(['PAYLOAD_KEYS'], 2)
  for (const warning of configWarnings()) print(warning)
  endOnCrash(createLogger('move', 'fatal'))
  endOnSignal(`The ${commandLine.command} was ended by a signal. Run the command again with the same file.`)
  const { settings, client } = temporalOrExit(config.payloadKeys, 2)
  const place = `the namespace ${settings.namespace} at ${settings.connectionOptions.address ?? 'localhost:7233'}`
  const codec = new StateCodec(config.payloadKeys)
  if (config.payloadKeys.encrypting === null) print('PAYLOAD_KEYS begins with `none`: the file is not encrypted.')

  const progress = atMostEvery(PROGRESS_EVERY_MS, print)
  try {
    const { path, rate } = commandLine
    if (commandLine.command === 'import') {
      const runSettings = {
        idleDays: config.onboardingIdleDays === 'never' ? null : config.onboardingIdleDays,
        registrationOverdueHours: config.registrationOverdueHours,
      }
      const taskQueue = config.temporalTaskQueue
      const options = { client, taskQueue, settings: runSettings, path, codec, rate, log: progress }
      const { started, there, conflicting, toErase } = await importCustomers(options)
      console.log(`${started} customers started in ${place}, ${there} were there already.`)
      for (const customerId of conflicting) {
        print(
          `${customerId}: has an onboarding here that is not of this file, or that has left for another file, so the state in this file was not used.`,
        )
      }
      for (const customerId of toErase) {
        print(
          `${customerId}: was erased in the other Temporal after this file had been imported. Erase the customer here too: npm run customer -- erase ${customerId} --yes`,
        )
      }
      return conflicting.length + toErase.length === 0 ? 0 : 1
    }

    if (!commandLine.yes) {
      const count = await openOnboardings(client)
      print(
        `${count} ${count === 1 ? 'onboarding is' : 'onboardings are'} open in ${place}. The export ends them there. Confirm it with --yes.`,
      )
      return 2
    }
    const file = await GrowingFile.open(path)
    const { exported, problems } = await exportCustomers({ client, file, codec, log: progress })
    await file.end()
    console.log(`${exported} customers of ${place} were added to ${path}, which has ${file.size}.`)
    for (const problem of problems) print(problem)
    return problems.length === 0 ? 0 : 1
  } catch (error) {
    print(failureText(commandLine.command, place, error))
    return 1
  } finally {
    await client.connection.close()
  }
}

interface CommandLine {
  command: 'export' | 'import'
  path: string
  yes: boolean
  rate: number
}

/** Returns what is wrong with the command line; empty when the help is asked for. */
function parse(args: string[]): CommandLine | string {
  let parsed
  try {
    const options = { yes: { type: 'boolean' }, rate: { type: 'string' }, help: { type: 'boolean' } } as const
    parsed = parseArgs({ args, allowPositionals: true, options })
  } catch (error) {
    return `${String(error instanceof Error ? error.message : error).split('. ')[0]}.`
  }
  const { positionals, values } = parsed
  const [command, path, extra] = positionals
  if (values.help || command === undefined) return ''
  if (command !== 'export' && command !== 'import') return `There is no command "${command}".`
  if (path === undefined || extra !== undefined) return `${command} needs one argument: ${command} FILE.`
  const foreign = command === 'export' ? values.rate : values.yes
  if (foreign !== undefined) return `${command} has no option --${command === 'export' ? 'rate' : 'yes'}.`
  const rate = Number(values.rate ?? RATE)
  if (!(rate > 0)) return `--rate ${values.rate} must be a number above 0.`
  return { command, path, yes: values.yes ?? false, rate }
}

/** Drops lines that follow another one too soon. */
function atMostEvery(ms: number, log: (line: string) => void): (line: string) => void {
  let last = -Infinity
  return (line) => {
    if (performance.now() - last < ms) return
    last = performance.now()
    log(line)
  }
}

/** On standard error, so that standard output holds only the result. */
function print(line: string): void {
  process.stderr.write(`${line}\n`)
}
