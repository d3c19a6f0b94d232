// Every environment variable with its schema, default and meaning. Besides this file, only dev/ and the emulator read `process.env`.

import { existsSync } from 'node:fs'
import { isDeepStrictEqual } from 'node:util'
import { z } from 'zod'
import { TASK_QUEUE } from '../domain/ids.ts'
import { MIN_TOKEN_CHARACTERS, parseOperatorToken } from './operator-tokens.ts'
import { parseKeyRing } from './payloads/key-ring.ts'
import { missingSettings, unknownVariables } from './unknown-variables.ts'

const port = z.coerce
  .number({ error: 'must be a port number' })
  .int('must be a port number')
  .min(0, 'must be a port number from 0 to 65535')
  .max(65_535, 'must be a port number from 0 to 65535')
const list = z.string().transform((value) => value.split(/\s+/).filter(Boolean))
const url = z.url({ protocol: /^https?$/, error: 'must be an http or https address' })

// Standard Webhooks: 24 to 64 random bytes in base64, behind a prefix.
const WEBHOOK_SECRET = /^whsec_[A-Za-z0-9+/]{32,88}={0,2}$/

const TOKEN_PROBLEMS = {
  malformed:
    'must be a token of A-Z a-z 0-9 . _ ~ + / - or sha256:<64 hexadecimal digits>, with or without read: before it, and with or without name= (up to 40 of A-Z a-z 0-9 . _ -) before both; white space separates the entries',
  'too-short': `is shorter than ${MIN_TOKEN_CHARACTERS} characters, so it could be guessed; \`openssl rand -base64 24\` prints a token that is long enough`,
}

const Settings = z.object({
  HOST: z
    .string()
    .default('127.0.0.1')
    .describe(
      'Address that the API listens on. The default accepts connections from this machine only; put a TLS proxy in front of any other address.',
    ),
  PORT: port.default(3000).describe('Port of the API.'),
  METRICS_HOST: z
    .string()
    .default('127.0.0.1')
    .describe(
      'Address on which a process serves its metrics and health checks, without a login. The default accepts connections from this machine only; any other address is for Prometheus and the supervisor alone.',
    ),
  METRICS_PORT: port
    .default(9464)
    .describe(
      'Port of a process for its metrics (`/metrics`) and health checks. Under `npm start` the worker uses this port and the API the next one.',
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
      for (const [index, token] of tokens.entries()) {
        if (typeof token === 'string') context.addIssue(`entry ${index + 1} ${TOKEN_PROBLEMS[token]}`)
      }
      return tokens.filter((token) => typeof token !== 'string')
    })
    .describe(
      'Bearer tokens of the operator API, each of at least 20 characters, separated by white space; set the old and the new one during a rotation. The prefix `read:` makes a token read-only. `sha256:` and the 64 hexadecimal digits of its SHA-256 hash can replace the token itself. `name=` before an entry names the owner of the token; the timeline of a customer shows the name of who gave a command. If empty, `npm start` creates one; without `npm start` the API answers 401 to every operator request.',
    ),
  PAYLOAD_KEYS: list
    .transform((entries, context) => {
      const ring = parseKeyRing(entries)
      if (!('problems' in ring)) return ring
      for (const problem of ring.problems) context.addIssue(problem)
      return z.NEVER
    })
    .optional()
    .describe(
      'Keys that encrypt what Temporal stores, each `<key id>:<base64 of 32 bytes>`, separated by white space: the first encrypts, all decrypt. `openssl rand -base64 32` prints one. `none` stands for no encryption: alone it switches encryption off, and after a key it lets payloads be read that were stored before. If empty, `npm start` creates a key, and `npm run api` and `npm run worker` do not start.',
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
  HUBSPOT_CALLS_PER_10S: z.coerce
    .number({ error: 'must be a number of calls' })
    .int('must be a whole number of calls')
    .min(1, 'must be at least 1')
    .max(1_000_000, 'must be at most 1000000')
    .optional()
    .describe(
      'Calls to HubSpot that all workers and other apps together may make in ten seconds, in place of the limit that HubSpot’s responses state. If empty, each worker follows the responses.',
    ),
  HUBSPOT_RESERVE: z.coerce
    .number({ error: 'must be a percentage' })
    .min(0, 'must be at least 0')
    .max(90, 'must be at most 90')
    .default(5)
    .describe(
      'Percentage of HubSpot’s limits, those of ten seconds and of the day, that stays for the portal’s other apps.',
    ),
  HUBSPOT_PROBE_SECONDS: z.coerce
    .number({ error: 'must be a number of seconds' })
    .min(0.1, 'must be at least 0.1')
    .max(3600, 'must be at most 3600')
    .default(30)
    .describe(
      'Pause after HubSpot rejects the token or answers 403 for several customers, in seconds. The calls wait during the pause, then one call is sent as a probe; a worker without such a call probes by itself. Twice the pause passes before a record counts as missing that was found missing for several customers at once.',
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
  ADOPTED_COMPANY_UPDATES: z
    .enum(['overwrite', 'fill-if-empty'], { error: 'must be overwrite or fill-if-empty' })
    .default('fill-if-empty')
    .describe(
      'Later updates of a company that HubSpot users made and onramp has adopted: `fill-if-empty` writes only where the company has no value, `overwrite` replaces their values. Its domain is never changed.',
    ),
  EXISTING_CONTACT_UPDATES: z
    .enum(['overwrite', 'fill-if-empty'], { error: 'must be overwrite or fill-if-empty' })
    .default('overwrite')
    .describe(
      'Later updates of a contact that HubSpot users made: `overwrite` replaces their values, `fill-if-empty` writes only where the contact has no value.',
    ),
  ONBOARDING_IDLE_DAYS: z
    .union([z.literal('never'), z.coerce.number().positive().max(3650)], {
      error: 'must be a number of days above 0, or never',
    })
    .default(30)
    .describe(
      'Days without an event after which the workflow of an onboarded customer completes; the next event starts a new run. `never` keeps it running. A workflow that runs already keeps the value with which it began.',
    ),
  REGISTRATION_OVERDUE_HOURS: z.coerce
    .number({ error: 'must be a number of hours' })
    .positive('must be above 0')
    .max(8760, 'must be at most 8760, a year')
    .default(24)
    .describe(
      'Hours after which a customer whose updates wait for their registration comes under attention, as `registration-missing`. A workflow that runs already keeps the value with which it began.',
    ),
  ONRAMP_DATA_DIR: z
    .string()
    .default('.data')
    .describe(
      'Folder in which `npm start` keeps the data of Temporal and the emulator, the secrets and the logs. `npm start` closes it to other users.',
    ),
  ONRAMP_CACHE_DIR: z
    .string()
    .optional()
    .describe(
      'Folder for the downloaded Temporal CLI. If empty, it is `onramp` in the user’s cache folder. No other user may be able to write to it.',
    ),
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
  TEMPORAL_VERSIONING: z
    .enum(['pinned', 'auto-upgrade', 'off'], { error: 'must be pinned, auto-upgrade or off' })
    .default('pinned')
    .describe(
      'Temporal’s Worker Versioning. `pinned`: a run stays on the version of the workers that started it, and its next run starts on the current version; an operator makes a new version current. `auto-upgrade`: runs move to the current version at once, and a worker that starts makes its own version current; `npm start` with its own Temporal server always does so. `off`: workers have no version.',
    ),
  // Temporal's Worker Controller for Kubernetes sets variables with these two names.
  TEMPORAL_DEPLOYMENT_NAME: z
    .string()
    .regex(/^(?!__)[^.:]+$/, 'must have no . and no :, and must not begin with __')
    .optional()
    .describe('Name of the Worker Deployment, which has the versions. If empty, it is the name of the task queue.'),
  TEMPORAL_WORKER_BUILD_ID: z
    .string()
    .regex(/^(?!__)/, 'must not begin with __')
    .optional()
    .describe(
      'Build ID of this worker, its version within the deployment. If empty, it is a hash of the workflow code, the same on every machine.',
    ),
  WORKER_CACHED_WORKFLOWS: z.coerce
    .number({ error: 'must be a number of workflows' })
    .int('must be a whole number of workflows')
    .min(200, 'must be at least 200, since so many may be at work at once')
    .max(100_000, 'must be at most 100000')
    .default(250)
    .describe(
      'Onboardings that a worker keeps in memory, each about 0.2 MB. One that is not in memory is replayed from its history when an event arrives, which takes some milliseconds.',
    ),
  WORKFLOW_STACK_TRACES: z
    .enum(['on', 'off'], { error: 'must be on or off' })
    .default('off')
    .describe(
      'Stack traces of running onboardings in the Temporal UI. `on` costs the worker about a third more CPU time.',
    ),
  WORKFLOW_TIMEOUTS: z
    .enum(['on', 'off'], { error: 'must be on or off' })
    .default('off')
    .describe(
      'Temporal’s time limit of 5 s for each call into workflow code. `on` costs the worker about a third more CPU time; set it when a worker ended because of an endless loop, so that only that customer hangs. With `off`, a worker ends when such a call takes 10 s.',
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
type Requirement = Variable | readonly Variable[]
type CamelCase<Name extends string> = Name extends `${infer Word}_${infer Rest}`
  ? `${Lowercase<Word>}${Capitalize<CamelCase<Rest>>}`
  : Lowercase<Name>

/** The settings of a process, named like their variables: `HUBSPOT_TIMEOUT_MS` is `hubspotTimeoutMs`. */
export type Config = {
  [name in Variable as CamelCase<name>]: z.output<typeof Settings>[name]
}
/** The settings of a process that requires these variables. */
type ConfigWith<Required> = Config & {
  [name in Required & Variable as CamelCase<name>]: NonNullable<z.output<typeof Settings>[name]>
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
export function loadConfig(env: Record<string, string | undefined>, required: readonly Requirement[] = []): Config {
  const names = Object.keys(Settings.shape) as Variable[]
  const given = Object.fromEntries(names.map((name) => [name, env[name]?.trim() || undefined]))

  const parsed = Settings.safeParse(given)
  const problems = (parsed.error?.issues ?? []).map((issue) => `${String(issue.path[0])} ${issue.message}`)
  problems.push(...missingSettings(env))
  for (const alternatives of required.map((names) => [names].flat())) {
    if (alternatives.some((name) => given[name] !== undefined)) continue
    problems.push(`${alternatives.join(' or ')} must be set; see .env.example`)
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
export function configOrExit<const Required extends Requirement = never>(
  required: readonly Required[] = [],
  exitCode = 1,
): ConfigWith<Required> {
  try {
    if (hasEnvFile()) process.loadEnvFile('.env')
    return loadConfig(process.env, required) as ConfigWith<Required>
  } catch (error) {
    if (!(error instanceof ConfigProblems)) throw error
    process.stderr.write(`${error.message}\n`)
    process.exit(exitCode)
  }
}

/** Whether the settings of this process come from a file as well. */
export function hasEnvFile(): boolean {
  return existsSync('.env')
}

/** The names of the settings that differ from their defaults. */
export function changedSettings(config: Config): string[] {
  const names = Object.keys(Settings.shape) as Variable[]
  const defaults: Record<string, unknown> = loadConfig({})
  const given: Record<string, unknown> = config
  return names.filter((name) => !isDeepStrictEqual(given[camelCase(name)], defaults[camelCase(name)]))
}

/** One warning for each variable of this process that looks like a setting and is none. Call it after `configOrExit`. */
export function configWarnings(): string[] {
  return unknownVariables(process.env, Object.keys(Settings.shape))
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
