// Every environment variable: its schema, its default and its meaning. `process.env` is read nowhere else.

import { existsSync } from 'node:fs'
import { z } from 'zod'
import { TASK_QUEUE } from '../domain/ids.ts'
import { parseOperatorToken } from './operator-tokens.ts'

const port = z.coerce
  .number({ error: 'must be a port number' })
  .int('must be a port number')
  .min(0, 'must be a port number from 0 to 65535')
  .max(65_535, 'must be a port number from 0 to 65535')
const words = z.string().transform((value) => value.split(/\s+/).filter(Boolean))
const url = z.url({ protocol: /^https?$/, error: 'must be an http or https address' })

// Standard Webhooks asks for 24 to 64 random bytes, in base64 behind a prefix.
const WEBHOOK_SECRET = /^whsec_[A-Za-z0-9+/]{32,88}={0,2}$/

const Settings = z.object({
  HOST: z
    .string()
    .default('127.0.0.1')
    .describe(
      'Address the API listens on. Only loopback unless you say otherwise; put a TLS proxy in front of anything else.',
    ),
  PORT: port.default(3000).describe('Port of the API.'),
  METRICS_PORT: port
    .default(9464)
    .describe(
      'Loopback port of a process’s numbers (`/metrics`) and health. Under `npm start` the worker has it and the API the next one.',
    ),
  WEBHOOK_SECRETS: words
    .default([])
    .refine((secrets) => secrets.every((secret) => WEBHOOK_SECRET.test(secret)), {
      error: 'must hold secrets of the form whsec_<base64 of 24 to 64 bytes>, separated by white space',
    })
    .describe(
      'Secrets that a webhook’s signature is checked against, separated by white space; several during a rotation. Empty: `npm start` makes one, `npm run api` refuses to start.',
    ),
  OPERATOR_TOKENS: words
    .default([])
    .transform((texts, context) => {
      const tokens = texts.map(parseOperatorToken)
      if (tokens.every((token) => token !== null)) return tokens
      context.addIssue(
        'must hold tokens of A-Z a-z 0-9 . _ ~ + / - or sha256:<64 hexadecimal digits>, each maybe after read:, separated by white space',
      )
      return z.NEVER
    })
    .describe(
      'Bearer tokens of the operator API, separated by white space; several during a rotation. `read:` before a token lets it only read; `sha256:` and the 64 hexadecimal digits of its hash may stand for the token itself. Empty: `npm start` makes one, elsewhere every operator request is answered 401.',
    ),
  ONRAMP_URL: url
    .optional()
    .describe('Where `npm run customer` finds the API. Empty: the one that listens on `HOST` and `PORT`.'),
  ONRAMP_TOKEN: z
    .string()
    .regex(/^[\x21-\x7e]+$/, 'must be a token as it is sent: no white space, only ASCII')
    .optional()
    .describe(
      'Operator token that `npm run customer` sends. Empty: the one that `npm start` made, unless `ONRAMP_URL` is set.',
    ),
  HUBSPOT_ACCESS_TOKEN: z
    .string()
    .optional()
    .describe(
      'Token of a private app or service key. Empty: `npm start` brings an emulator, `npm run worker` refuses to start.',
    ),
  HUBSPOT_BASE_URL: url
    .optional()
    .describe('Where HubSpot is, for a proxy or a stand-in; wins over everything. Empty: HubSpot’s own address.'),
  HUBSPOT_API_VERSION: z
    .enum(['2026-09', 'v3'], { error: 'must be 2026-09 or v3' })
    .default('2026-09')
    .describe('Which of HubSpot’s API versions is called: `2026-09` or `v3`.'),
  HUBSPOT_TIMEOUT_MS: z.coerce
    .number({ error: 'must be a number of milliseconds' })
    .int('must be a whole number of milliseconds')
    .min(100, 'must be at least 100')
    .max(100_000, 'must be at most 100000: HubSpot’s edge gives up there')
    .default(10_000)
    .describe('How long one call to HubSpot may take, in milliseconds.'),
  HUBSPOT_PROBE_SECONDS: z.coerce
    .number({ error: 'must be a number of seconds' })
    .min(0.1, 'must be at least 0.1')
    .max(3600, 'must be at most 3600')
    .default(30)
    .describe('After HubSpot has refused the token, no call is made for so many seconds; then one call tries again.'),
  COMPANY_ADOPTION: z
    .enum(['by-domain', 'off'], { error: 'must be by-domain or off' })
    .default('by-domain')
    .describe(
      'Whether a company that people made before, with the same domain, becomes the customer’s: `by-domain` or `off`.',
    ),
  ASSOCIATION_PRIMARY: z
    .enum(['if-none', 'always', 'never'], { error: 'must be if-none, always or never' })
    .default('if-none')
    .describe(
      'Whether the company becomes the contact’s primary company: `if-none` (when it has none), `always` or `never`.',
    ),
  ASSOCIATION_ON_MOVE: z
    .enum(['replace', 'keep'], { error: 'must be replace or keep' })
    .default('replace')
    .describe('Whether the old association ends when a customer moves to another company: `replace` or `keep`.'),
  ONBOARDING_IDLE_DAYS: z
    .union([z.literal('never'), z.coerce.number().positive().max(3650)], {
      error: 'must be a number of days above 0, or never',
    })
    .default(30)
    .describe(
      'Days without an event after which an onboarded customer’s workflow ends until the next event; `never` keeps it open.',
    ),
  ONRAMP_DATA_DIR: z
    .string()
    .default('.data')
    .describe('Folder in which `npm start` keeps Temporal, the emulator, the secrets and the logs.'),
  ONRAMP_CACHE_DIR: z
    .string()
    .optional()
    .describe('Folder of the fetched Temporal CLI. Empty: `onramp` in the user’s cache folder.'),
  EMULATOR_PORT: port.default(3010).describe('Port of the HubSpot emulator.'),
  TEMPORAL_PORT: port.default(7233).describe('Port of the Temporal server that `npm start` brings.'),
  TEMPORAL_UI_PORT: port.default(8233).describe('Port of that server’s web page.'),
  TEMPORAL_CLI: z
    .string()
    .optional()
    .describe('Path of the `temporal` program. Empty: the one on PATH, else a cached copy, else it is fetched once.'),
  TEMPORAL_TASK_QUEUE: z
    .string()
    .default(TASK_QUEUE)
    .describe('Task queue on which the API starts onboardings and workers take them; the same for all of one onramp.'),
  // The names that Temporal's own controller for Kubernetes gives its workers.
  TEMPORAL_DEPLOYMENT_NAME: z
    .string()
    .optional()
    .describe(
      'Name of the worker deployment, for Temporal’s worker versioning, together with TEMPORAL_WORKER_BUILD_ID. Empty: no versioning.',
    ),
  TEMPORAL_WORKER_BUILD_ID: z
    .string()
    .optional()
    .describe(
      'This worker’s version within the deployment. It takes no work before Temporal is told that it is current.',
    ),
  TEMPORAL_UI_URL: url
    .optional()
    .describe('Where operators open Temporal’s web page, for links. Empty: no links (`npm start` links to its own).'),
  LOG_LEVEL: z
    .enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'], {
      error: 'must be trace, debug, info, warn, error, fatal or silent',
    })
    .default('info')
    .describe('Least level that is logged.'),
})

type Variable = keyof typeof Settings.shape
type Required = Variable | Variable[]
type CamelCase<Name extends string> = Name extends `${infer Word}_${infer Rest}`
  ? `${Lowercase<Word>}${Capitalize<CamelCase<Rest>>}`
  : Lowercase<Name>

/** The settings of a process, named like their variables: `HUBSPOT_TIMEOUT_MS` is `hubspotTimeoutMs`. */
export type Config = {
  [name in Variable as CamelCase<name>]: z.output<typeof Settings>[name]
}

/** All that is wrong with the environment, one line a variable, names without values (a value may be a secret). */
export class ConfigProblems extends Error {
  override name = 'ConfigProblems'
  readonly problems: string[]

  constructor(problems: string[]) {
    super(['The settings cannot be used:', ...problems.map((problem) => `  ${problem}`)].join('\n'))
    this.problems = problems
  }
}

/**
 * Reads the environment; a variable that is set but empty counts as unset, as `.env` files have them.
 *
 * @param required variables without which this process is not safe or not able to run; of a list, one is enough
 * @throws ConfigProblems with every problem at once
 */
export function loadConfig(env: Record<string, string | undefined>, required: Required[] = []): Config {
  const names = Object.keys(Settings.shape) as Variable[]
  const given = Object.fromEntries(names.map((name) => [name, env[name]?.trim() || undefined]))

  const parsed = Settings.safeParse(given)
  const problems = (parsed.error?.issues ?? []).map((issue) => `${String(issue.path[0])} ${issue.message}`)
  for (const alternatives of required.map((names) => [names].flat())) {
    if (alternatives.some((name) => given[name] !== undefined)) continue
    problems.push(`${alternatives.join(' or ')} must be set; .env.example says how`)
  }
  if (!given['TEMPORAL_DEPLOYMENT_NAME'] !== !given['TEMPORAL_WORKER_BUILD_ID']) {
    problems.push('TEMPORAL_DEPLOYMENT_NAME and TEMPORAL_WORKER_BUILD_ID must be set together, or neither')
  }
  if (!parsed.success || problems.length > 0) throw new ConfigProblems(problems)

  return Object.fromEntries(names.map((name) => [camelCase(name), parsed.data[name]])) as Config
}

/**
 * The settings of this process, from its environment and, where that says nothing, from `.env`; or the end of it: prints
 * every problem and exits with 1, or with another code where 1 says something else.
 */
export function configOrExit(required: Required[] = [], exitCode = 1): Config {
  try {
    if (existsSync('.env')) process.loadEnvFile('.env')
    return loadConfig(process.env, required)
  } catch (error) {
    if (!(error instanceof ConfigProblems)) throw error
    process.stderr.write(`${error.message}\n`)
    process.exit(exitCode)
  }
}

/** Each variable with its default and meaning, for `.env.example` and the README's table. */
export function describeSettings(): { name: string; fallback: string; meaning: string }[] {
  const defaults: Record<string, unknown> = loadConfig({})
  return Object.entries(Settings.shape).map(([name, schema]) => {
    const fallback = defaults[camelCase(name)]
    // The lists are empty by default, so they print as nothing.
    const isPrinted = typeof fallback === 'string' || typeof fallback === 'number'
    return { name, fallback: isPrinted ? String(fallback) : '', meaning: schema.description ?? '' }
  })
}

function camelCase(name: string): string {
  return name.toLowerCase().replace(/_(.)/g, (_, letter: string) => letter.toUpperCase())
}
