// `npm run customer`: the operator API in a terminal. The exit codes, which the help lists, are a public contract.

import { resolve } from 'node:path'
import { addressOf } from '../platform/address.ts'
import { configOrExit } from '../platform/config.ts'
import { readSecrets, secretsFile } from '../platform/local-secrets.ts'
import { ApiError, OperatorApi, Unreachable } from './client.ts'
import { HELP, parseCommandLine, UsageError } from './command-line.ts'
import type { CommandLine } from './command-line.ts'
import { runCommand } from './commands.ts'
import { TERMINAL } from './terminal.ts'
import { problemView } from './views.ts'

// A reader that closes standard output early, as in `… list | head`, is not an error.
process.stdout.on('error', () => {})

process.exitCode = await main(process.argv.slice(2))

async function main(args: string[]): Promise<number> {
  try {
    const commandLine = parseCommandLine(args)
    if (commandLine === 'help') return printOutput(HELP, 0)
    return await run(commandLine)
  } catch (error) {
    if (error instanceof UsageError) {
      return printError(`${error.message}\n\`npm run customer\` lists the commands.`, 2)
    }
    return printError(error instanceof Error ? error.message : String(error), error instanceof Unreachable ? 4 : 1)
  }
}

async function run(commandLine: CommandLine): Promise<number> {
  try {
    const { text, exitCode } = await runCommand(commandLine, operatorApi(), TERMINAL)
    return printOutput(text, exitCode)
  } catch (error) {
    if (!(error instanceof ApiError)) throw error
    const { status, text, body } = error.response
    // A page of another server goes to standard error, so that a script does not read it as a response.
    if (body === null) return printError(problemView(error.response), 1)
    const exitCode = status === 404 && commandLine.argument !== '' ? 3 : 1
    return commandLine.json ? printOutput(text, exitCode) : printError(problemView(error.response), exitCode)
  }
}

function operatorApi(): OperatorApi {
  const { onrampUrl, onrampToken, onrampDataDir, host, port } = configOrExit([], 2)
  if (onrampUrl !== undefined) {
    // The token in this machine's data folder must not go to another machine.
    if (onrampToken === undefined) throw new UsageError('ONRAMP_URL is set, so ONRAMP_TOKEN must be set as well.')
    return new OperatorApi(onrampUrl, onrampToken)
  }

  const dataDir = resolve(onrampDataDir)
  const token = onrampToken ?? readSecrets(dataDir)?.operatorToken
  if (token === undefined) {
    throw new UsageError(
      `There is no operator token in ${secretsFile(dataDir)}. Run \`npm start\` in another terminal first, which creates one; ` +
        'or set ONRAMP_DATA_DIR to the data folder of the running onramp, or ONRAMP_TOKEN to one of its tokens.',
    )
  }
  return new OperatorApi(addressOf(host, port), token)
}

function printOutput(text: string, exitCode: number): number {
  process.stdout.write(`${text}\n`)
  return exitCode
}

function printError(text: string, exitCode: number): number {
  process.stderr.write(`${text}\n`)
  return exitCode
}
