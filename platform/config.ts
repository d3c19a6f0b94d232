// Every environment variable with its schema, default and meaning. Besides this file, only dev/ and the emulator read `process.env`.

import { existsSync } from 'node:fs'
import { z } from 'zod'
import { TASK_QUEUE } from '../domain/ids.ts'
import { parseOperatorToken } from './operator-tokens.ts'

const port = z.coerce
  .number({ error: 'must be a port number' })
  .int('must be a port number')
  .min(0, 'must be a port number from 0 to 65535')
  .max(65_535, 'must be a port number from 0 to 65535')
const list = z.string().transform((value) => value.split(/\s+/).filter(Boolean))
const url = z.url({ protocol: /^https?$/, error: 'must be an http or https address' })

// Standard Webhooks: 24 to 64 random bytes in base64, behind a prefix.
const WEBHOOK_SECRET = /^whsec_[A-Za-z0-9+/]{32,88}={0,2}$/

const Settings = z.object({
  HOST: z
    .string()
    .default('127.0.0.1')
    .describe(
      'Address that the API listens on. The default accepts connections from this machine only; put a TLS proxy in front of any other address.',
    ),
  PORT: port.default(3000).describe('Port of the API.'),
  METRICS_PORT: port
    .default(9464)
    .describe(
      'Loopback port of a process for its metrics (`/metrics`) and health checks. Under `npm start` the worker uses this port and the API the next one.',
    ),
  WEBHOOK_SECRETS: list
    .default([])
    .refine((secrets) => secrets.every((secret) => WEBHOOK_SECRET.test(secret)), {
      error: 'must hold secrets of the form whsec_<base64 of 24 to 64 bytes>, separated by white space',
    })
    .describe(
      'Secrets that verify webhook signatures, separated by white space; set the old and the new one during a rotation. If empty, `npm start` creates one, and `npm run api` does not start.',
    ),
  OPERATOR_TOKENS: list
    .default([])
    .transform((texts, context) => {
      const tokens = texts.map(parseOperatorToken)
      if (tokens.every((token) => token !== null)) return tokens
      context.addIssue(
        'must hold tokens of A-Z a-z 0-9 . _ ~ + / - or sha256:<64 hexadecimal digits>, each with or without read: before it, separated by white space',
      )
      return z.NEVER
    })
    .describe(
      'Bearer tokens of the operator API, separated by white space; set the old and the new one during a rotation. The prefix `read:` makes a token read-only. `sha256:` and the 64 hexadecimal digits of its SHA-256 hash can replace the token itself. If empty, `npm start` creates one; without `npm start` the API answers 401 to every operator request.',
    ),
  ONRAMP_URL: url
    .optional()
    .describe('Address of the API that `npm run customer` calls. If empty, it calls the API at `HOST` and `PORT`.'),
  ONRAMP_TOKEN: z
    .string()
    .regex(/^[\x21-\x7e]+$/, 'must be the token itself: ASCII without white space')
    .optional()
    .describe(
      'Operator token that `npm run customer` sends. If empty, it sends the token that `npm start` created; with `ONRAMP_URL` set, this token is required.',
    ),
  HUBSPOT_ACCESS_TOKEN: z
    .string()
    .optional()
    .describe(
      'Token of a HubSpot private app or service key. If this and `HUBSPOT_BASE_URL` are empty, `npm start` runs the emulator as HubSpot, and `npm run worker` does not start.',
    ),
  HUBSPOT_BASE_URL: url
    .optional()
    .describe(
      'Address of a proxy or an emulator that onramp calls instead of HubSpot; with it set, `npm start` runs no emulator of its own. If empty, onramp calls HubSpot itself.',
    ),
  HUBSPOT_API_VERSION: z
    .enum(['2026-09', 'v3'], { error: 'must be 2026-09 or v3' })
    .default('2026-09')
    .describe('Version of the HubSpot API that onramp calls: `2026-09` or `v3`.'),
  HUBSPOT_TIMEOUT_MS: z.coerce
    .number({ error: 'must be a number of milliseconds' })
    .int('must be a whole number of milliseconds')
    .min(100, 'must be at least 100')
    .max(100_000, 'must be at most 100000, since HubSpot’s edge ends a call then')
    .default(10_000)
    .describe('Time limit of one call to HubSpot, in milliseconds.'),
  HUBSPOT_PROBE_SECONDS: z.coerce
    .number({ error: 'must be a number of seconds' })
    .min(0.1, 'must be at least 0.1')
    .max(3600, 'must be at most 3600')
    .default(30)
    .describe(
      'Pause after HubSpot rejects the token, in seconds. onramp sends no calls during the pause, then one call as a probe.',
    ),
  COMPANY_ADOPTION: z
    .enum(['by-domain', 'off'], { error: 'must be by-domain or off' })
    .default('by-domain')
    .describe(
      'Use of a company that HubSpot users created: `by-domain` adopts it for customers with its domain, `off` never adopts it.',
    ),
  ASSOCIATION_PRIMARY: z
    .enum(['if-none', 'always', 'never'], { error: 'must be if-none, always or never' })
    .default('if-none')
    .describe(
      'When the customer’s company becomes the contact’s primary company: `if-none` (only if the contact has none), `always` or `never`.',
    ),
  ASSOCIATION_ON_MOVE: z
    .enum(['replace', 'keep'], { error: 'must be replace or keep' })
    .default('replace')
    .describe(
      'Association with the former company after a customer moves to another one: `replace` removes it, `keep` keeps it.',
    ),
  ONBOARDING_IDLE_DAYS: z
    .union([z.literal('never'), z.coerce.number().positive().max(3650)], {
      error: 'must be a number of days above 0, or never',
    })
    .default(30)
    .describe(
      'Days without an event after which the workflow of an onboarded customer completes; the next event starts a new run. `never` keeps it running.',
    ),
  ONRAMP_DATA_DIR: z
    .string()
    .default('.data')
    .describe('Folder in which `npm start` keeps the data of Temporal and the emulator, the secrets and the logs.'),
  ONRAMP_CACHE_DIR: z
    .string()
    .optional()
    .describe('Folder for the downloaded Temporal CLI. If empty, it is `onramp` in the user’s cache folder.'),
  EMULATOR_PORT: port.default(3010).describe('Port of the HubSpot emulator.'),
  TEMPORAL_PORT: port.default(7233).describe('Port of the Temporal server that `npm start` runs.'),
  TEMPORAL_UI_PORT: port.default(8233).describe('Port of the Temporal UI that `npm start` runs.'),
  TEMPORAL_CLI: z
    .string()
    .optional()
    .describe(
      'Path of the Temporal CLI (`temporal`). If empty, `npm start` uses the one on PATH, else its cached copy, else it downloads one.',
    ),
  TEMPORAL_TASK_QUEUE: z
    .string()
    .default(TASK_QUEUE)
    .describe('Task queue of the onboardings. The API and all workers of one installation need the same value.'),
  // Temporal's Worker Controller for Kubernetes sets variables with these two names.
  TEMPORAL_DEPLOYMENT_NAME: z
    .string()
    .optional()
    .describe(
      'Name of the Worker Deployment, for Temporal’s Worker Versioning; set it together with `TEMPORAL_WORKER_BUILD_ID`. If both are empty, workers are not versioned.',
    ),
  TEMPORAL_WORKER_BUILD_ID: z
    .string()
    .optional()
    .describe(
      'Build ID of this worker, its version within the deployment. The worker gets no tasks until you set this version as the current one in Temporal.',
    ),
  TEMPORAL_UI_URL: url
    .optional()
    .describe(
      'Address of the Temporal UI, for links to it. If empty, there are no links; `npm start` links to the UI of its own server.',
    ),
  LOG_LEVEL: z
    .enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'], {
      error: 'must be trace, debug, info, warn, error, fatal or silent',
    })
    .default('info')
    .describe('Minimum log level: `trace`, `debug`, `info`, `warn`, `error`, `fatal` or `silent`.'),
})

type Variable = keyof typeof Settings.shape
/** A variable that must be set, or a list of variables of which at least one must be set. */
type Requirement = Variable | Variable[]
type CamelCase<Name extends string> = Name extends `${infer Word}_${infer Rest}`
  ? `${Lowercase<Word>}${Capitalize<CamelCase<Rest>>}`
  : Lowercase<Name>

/** The settings of a process, named like their variables: `HUBSPOT_TIMEOUT_MS` is `hubspotTimeoutMs`. */
export type Config = {
  [name in Variable as CamelCase<name>]: z.output<typeof Settings>[name]
}

/** Lists every problem of the environment, one line each. Names the variables but not their values, which may be secrets. */
export class ConfigProblems extends Error {
  override name = 'ConfigProblems'
  readonly problems: string[]

  constructor(problems: string[]) {
    super(['The settings cannot be used:', ...problems.map((problem) => `  ${problem}`)].join('\n'))
    this.problems = problems
  }
}

/**
 * Reads the environment. A variable that is set but empty counts as unset, since `.env.example` has empty ones.
 *
 * @param required variables that this process needs in order to run and be safe; of a list, one variable is enough
 * @throws ConfigProblems with every problem at once
 */
export function loadConfig(env: Record<string, string | undefined>, required: Requirement[] = []): Config {
  const names = Object.keys(Settings.shape) as Variable[]
  const given = Object.fromEntries(names.map((name) => [name, env[name]?.trim() || undefined]))

  const parsed = Settings.safeParse(given)
  const problems = (parsed.error?.issues ?? []).map((issue) => `${String(issue.path[0])} ${issue.message}`)
  for (const alternatives of required.map((names) => [names].flat())) {
    if (alternatives.some((name) => given[name] !== undefined)) continue
    problems.push(`${alternatives.join(' or ')} must be set; see .env.example`)
  }
  if (!given['TEMPORAL_DEPLOYMENT_NAME'] !== !given['TEMPORAL_WORKER_BUILD_ID']) {
    problems.push('TEMPORAL_DEPLOYMENT_NAME and TEMPORAL_WORKER_BUILD_ID must be set together, or neither')
  }
  if (!parsed.success || problems.length > 0) throw new ConfigProblems(problems)

  return Object.fromEntries(names.map((name) => [camelCase(name), parsed.data[name]])) as Config
}

/**
 * Returns the settings of this process, from its environment and then from `.env`. If the settings are invalid, prints every
 * problem and exits.
 *
 * @param exitCode the exit code for invalid settings, for a program in which 1 already has another meaning
 */
export function configOrExit(required: Requirement[] = [], exitCode = 1): Config {
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
    // A variable that holds a list is empty by default, so its default is not printed.
    const isPrinted = typeof fallback === 'string' || typeof fallback === 'number'
    return { name, fallback: isPrinted ? String(fallback) : '', meaning: schema.description ?? '' }
  })
}

function camelCase(name: string): string {
  return name.toLowerCase().replace(/_(.)/g, (_, letter: string) => letter.toUpperCase())
}
