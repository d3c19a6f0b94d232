// `npm run customer`: the operator API from a terminal. Its exit codes are a contract; the help has them.

import { resolve } from 'node:path'
import { addressOf } from '../platform/address.ts'
import { configOrExit } from '../platform/config.ts'
import { readSecrets, secretsFile } from '../platform/local-secrets.ts'
import { OperatorApi, Refused, Unreachable } from './client.ts'
import { askedBy, HELP, UsageProblem } from './command-line.ts'
import type { Asked } from './command-line.ts'
import { carryOut } from './commands.ts'
import { problemView } from './views.ts'

// Whoever stops reading what we say, as in `… list | head`, is no error.
process.stdout.on('error', () => {})

process.exitCode = await main(process.argv.slice(2))

async function main(args: string[]): Promise<number> {
  try {
    const asked = askedBy(args)
    if (asked === 'help') return say(HELP, 0)
    return await answer(asked)
  } catch (error) {
    if (error instanceof UsageProblem) {
      return complain(`${error.message}\n\`npm run customer\` shows what there is.`, 2)
    }
    return complain(error instanceof Error ? error.message : String(error), error instanceof Unreachable ? 4 : 1)
  }
}

async function answer(asked: Asked): Promise<number> {
  try {
    const { text, isDone } = await carryOut(asked, operatorApi())
    return say(text, isDone ? 0 : 1)
  } catch (error) {
    if (!(error instanceof Refused)) throw error
    const { status, text, body } = error.answer
    // Another server's page is not what a script asked for.
    if (body === null) return complain(problemView(error.answer), 1)
    const exitCode = status === 404 && asked.about !== '' ? 3 : 1
    return asked.json ? say(text, exitCode) : complain(problemView(error.answer), exitCode)
  }
}

function operatorApi(): OperatorApi {
  const { onrampUrl, onrampToken, onrampDataDir, host, port } = configOrExit([], 2)
  if (onrampUrl !== undefined) {
    // The token of this machine is no business of another.
    if (onrampToken === undefined) throw new UsageProblem('ONRAMP_URL is set, so ONRAMP_TOKEN has to be set, too.')
    return new OperatorApi(onrampUrl, onrampToken)
  }

  const dataDir = resolve(onrampDataDir)
  const token = onrampToken ?? readSecrets(dataDir)?.operatorToken
  if (token === undefined) {
    throw new UsageProblem(
      `There is no operator token in ${secretsFile(dataDir)}. Run \`npm start\` in another terminal first, which makes one; ` +
        'or set ONRAMP_DATA_DIR to the data folder of the onramp that runs, or ONRAMP_TOKEN to one of its tokens.',
    )
  }
  return new OperatorApi(addressOf(host, port), token)
}

function say(text: string, exitCode: number): number {
  process.stdout.write(`${text}\n`)
  return exitCode
}

function complain(text: string, exitCode: number): number {
  process.stderr.write(`${text}\n`)
  return exitCode
}
