// `npm run send`: signs an event, posts it to the stack of `npm start`, and prints where to see the result.

import { resolve } from 'node:path'
import { addressOf } from '../../platform/address.ts'
import { configOrExit } from '../../platform/config.ts'
import type { Config } from '../../platform/config.ts'
import { eventOf, HELP, UsageError } from './options.ts'
import { readSecrets, secretsFile } from '../../platform/local-secrets.ts'
import { postEvent } from './webhook.ts'

process.exitCode = await send(process.argv.slice(2))

async function send(args: string[]): Promise<number> {
  try {
    const parsed = eventOf(args, new Date())
    if (parsed === 'help') {
      console.log(HELP)
      return 0
    }
    const config = configOrExit()
    const apiUrl = addressOf(config.host, config.port)
    const response = await post(config, apiUrl, parsed)
    return response.ok ? await printAccepted(config, apiUrl, response) : await printRejected(response)
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    if (!(error instanceof UsageError)) return fail(message, 1)
    return fail(`${message}\nRun \`npm run send -- --help\` for all options.`, 2)
  }
}

function fail(message: string, exitCode: number): number {
  console.error(message)
  return exitCode
}

async function post(
  config: Config,
  apiUrl: string,
  parsed: Exclude<ReturnType<typeof eventOf>, 'help'>,
): Promise<Response> {
  const dataDir = resolve(config.onrampDataDir)
  const webhookSecret = config.webhookSecrets[0] ?? readSecrets(dataDir)?.webhookSecret
  if (webhookSecret === undefined) {
    throw new Error(
      `There is no webhook secret in ${secretsFile(dataDir)}. Run \`npm start\` in another terminal first, which creates one; ` +
        'or set ONRAMP_DATA_DIR to the data folder of the running stack, or WEBHOOK_SECRETS to its secret.',
    )
  }
  try {
    return await postEvent({ apiUrl, webhookSecret, ...parsed })
  } catch (error) {
    throw new Error(
      `Nothing answers on ${apiUrl}. Run \`npm start\` in another terminal first, or set PORT to the port of the running API.`,
      { cause: error },
    )
  }
}

async function printAccepted(config: Config, apiUrl: string, response: Response): Promise<number> {
  const { customerId, eventId, ignored } = (await response.json()) as Record<string, unknown>
  const ownHubSpot = config.hubspotBaseUrl !== undefined || config.hubspotAccessToken !== undefined
  console.log(
    [
      `${response.status} accepted: customer ${String(customerId)}, event ${String(eventId)}`,
      ...(Array.isArray(ignored) && ignored.length > 0 ? [`  Ignored       ${ignored.join(', ')}`] : []),
      `  Status        ${new URL(response.headers.get('location') ?? '/', apiUrl).href} (needs an operator token as bearer token)`,
      `  onramp        ${apiUrl}`,
      ...(ownHubSpot ? [] : [`  HubSpot       ${addressOf(config.host, config.emulatorPort)}`]),
    ].join('\n'),
  )
  return 0
}

/** Prints the API's problem document. If the document has errors of fields, prints one line for each. */
async function printRejected(response: Response): Promise<number> {
  const body = await response.text()
  const problem = asProblem(body)
  const lines = [`${response.status} ${problem?.title ?? response.statusText}`, problem?.detail ?? body.slice(0, 500)]
  for (const { path, message } of problem?.errors ?? []) lines.push(`  ${path}: ${message}`)
  return fail(lines.filter(Boolean).join('\n'), 1)
}

interface ProblemDetails {
  title?: string
  detail?: string
  errors?: { path: string; message: string }[]
}

function asProblem(body: string): ProblemDetails | null {
  try {
    return JSON.parse(body)
  } catch {
    return null
  }
}
