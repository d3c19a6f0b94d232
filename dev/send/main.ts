// `npm run send`: signs one event and posts it to the stack of `npm start`, then says where to look.

import { resolve } from 'node:path'
import { addressOf } from '../../platform/address.ts'
import { configOrExit } from '../../platform/config.ts'
import type { Config } from '../../platform/config.ts'
import { eventOf, HELP, UsageProblem } from './options.ts'
import { readSecrets, secretsFile } from '../../platform/local-secrets.ts'
import { postEvent } from './webhook.ts'

process.exitCode = await send(process.argv.slice(2))

async function send(args: string[]): Promise<number> {
  try {
    const asked = eventOf(args, new Date())
    if (asked === 'help') {
      console.log(HELP)
      return 0
    }
    const config = configOrExit()
    const apiUrl = addressOf(config.host, config.port)
    const answer = await post(config, apiUrl, asked)
    return answer.ok ? await tellAccepted(config, apiUrl, answer) : await tellRefused(answer)
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    if (!(error instanceof UsageProblem)) return complain(message, 1)
    return complain(`${message}\n\`npm run send -- --help\` shows what there is.`, 2)
  }
}

function complain(message: string, exitCode: number): number {
  console.error(message)
  return exitCode
}

async function post(
  config: Config,
  apiUrl: string,
  asked: Exclude<ReturnType<typeof eventOf>, 'help'>,
): Promise<Response> {
  const dataDir = resolve(config.onrampDataDir)
  const webhookSecret = config.webhookSecrets[0] ?? readSecrets(dataDir)?.webhookSecret
  if (webhookSecret === undefined) {
    throw new Error(
      `There is no webhook secret in ${secretsFile(dataDir)}. Run \`npm start\` in another terminal first, which makes one; ` +
        'or set ONRAMP_DATA_DIR to the data folder of the onramp that runs, or WEBHOOK_SECRETS to its secret.',
    )
  }
  try {
    return await postEvent({ apiUrl, webhookSecret, ...asked })
  } catch (error) {
    throw new Error(
      `Nothing answers on ${apiUrl}. Run \`npm start\` in another terminal first, or set PORT to the port of the onramp that runs.`,
      { cause: error },
    )
  }
}

async function tellAccepted(config: Config, apiUrl: string, answer: Response): Promise<number> {
  const { customerId, eventId, ignored } = (await answer.json()) as Record<string, unknown>
  const ownHubSpot = config.hubspotBaseUrl !== undefined || config.hubspotAccessToken !== undefined
  console.log(
    [
      `${answer.status} accepted: customer ${String(customerId)}, event ${String(eventId)}`,
      ...(Array.isArray(ignored) && ignored.length > 0 ? [`  Ignored       ${ignored.join(', ')}`] : []),
      `  Status        ${new URL(answer.headers.get('location') ?? '/', apiUrl).href} (with the operator token as bearer token)`,
      `  onramp        ${apiUrl}`,
      ...(ownHubSpot ? [] : [`  HubSpot       ${addressOf(config.host, config.emulatorPort)}`]),
    ].join('\n'),
  )
  return 0
}

/** What the API says is wrong, field by field where it does. */
async function tellRefused(answer: Response): Promise<number> {
  const body = await answer.text()
  const problem = asProblem(body)
  const lines = [`${answer.status} ${problem?.title ?? answer.statusText}`, problem?.detail ?? body.slice(0, 500)]
  for (const { path, message } of problem?.errors ?? []) lines.push(`  ${path}: ${message}`)
  return complain(lines.filter(Boolean).join('\n'), 1)
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
