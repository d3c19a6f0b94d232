// The environment of each process of the stack: only the variables that it needs, so that no process has another one's secrets.

import { fileURLToPath } from 'node:url'
import type { Config } from '../../platform/config.ts'
import { readOrCreateSecrets, secretsFile } from '../../platform/local-secrets.ts'

// Programs, home folder, temporary files, time zone, language, and libraries where the system does not find them by itself.
const ANY_PROCESS = ['PATH', 'HOME', 'TMPDIR', 'TZ', 'LANG', 'LC_*', 'LD_LIBRARY_PATH']
// The user's options for Node, and the certificates that Node, Temporal's SDK and pip trust.
const NODE = ['NODE_OPTIONS']
const CERTIFICATES = ['NODE_EXTRA_CA_CERTS', 'SSL_CERT_FILE', 'SSL_CERT_DIR', 'GRPC_DEFAULT_SSL_ROOTS_FILE_PATH']
// The names in upper case and in lower case; programs differ. A proxy may be the only way to HubSpot, Temporal or a download.
const PROXIES = [
  'HTTP_PROXY',
  'HTTPS_PROXY',
  'ALL_PROXY',
  'NO_PROXY',
  'GRPC_PROXY',
  'NO_GRPC_PROXY',
  'NODE_USE_ENV_PROXY',
]
const NETWORK = [...CERTIFICATES, ...PROXIES, ...PROXIES.map((name) => name.toLowerCase())]
// The address, the credentials and the profile of Temporal; a profile file is in the user's folder of settings.
const TEMPORAL = ['TEMPORAL_*', 'XDG_CONFIG_HOME']
const HUBSPOT = [
  'HUBSPOT_ACCESS_TOKEN',
  'HUBSPOT_BASE_URL',
  'HUBSPOT_API_VERSION',
  'HUBSPOT_TIMEOUT_MS',
  'HUBSPOT_CALLS_PER_10S',
  'HUBSPOT_RESERVE',
  'HUBSPOT_PROBE_SECONDS',
]
// How the worker treats records that HubSpot users made.
const POLICIES = [
  'COMPANY_ADOPTION',
  'ADOPTED_COMPANY_UPDATES',
  'EXISTING_CONTACT_UPDATES',
  'ASSOCIATION_PRIMARY',
  'ASSOCIATION_ON_MOVE',
]

const API = [
  'HOST',
  'PORT',
  'METRICS_HOST',
  'METRICS_PORT',
  'LOG_LEVEL',
  'WEBHOOK_SECRETS',
  'OPERATOR_TOKENS',
  'PAYLOAD_KEYS',
  'ONBOARDING_IDLE_DAYS',
  'REGISTRATION_OVERDUE_HOURS',
]

/** The variables of each process. A `*` at the end of a name stands for any ending. */
export const PARTS = {
  guard: ANY_PROCESS,
  // pip finds its index, its settings and its Python by these.
  download: [...ANY_PROCESS, ...NETWORK, 'PIP_*', 'PYTHON*', 'PYENV_*', 'VIRTUAL_ENV', 'REQUESTS_CA_BUNDLE', 'XDG_*'],
  // The server gets its settings as arguments; it calls nobody.
  temporal: ANY_PROCESS,
  emulator: [...ANY_PROCESS, ...NODE, 'HOST', 'EMULATOR_PORT', 'ONRAMP_DATA_DIR'],
  bundle: [...ANY_PROCESS, ...NODE],
  setup: [...ANY_PROCESS, ...NODE, ...NETWORK, ...TEMPORAL, ...HUBSPOT],
  worker: [
    ...ANY_PROCESS,
    ...NODE,
    ...NETWORK,
    ...TEMPORAL,
    ...HUBSPOT,
    ...POLICIES,
    'PAYLOAD_KEYS',
    'METRICS_HOST',
    'METRICS_PORT',
    'LOG_LEVEL',
    'WORKER_CACHED_WORKFLOWS',
    'WORKFLOW_STACK_TRACES',
    'WORKFLOW_TIMEOUTS',
  ],
  api: [...ANY_PROCESS, ...NODE, ...NETWORK, ...TEMPORAL, ...API],
} satisfies Record<string, string[]>

/** Settings that only the launcher or a command line reads. */
export const LAUNCHER_ONLY = ['ONRAMP_URL', 'ONRAMP_TOKEN', 'ONRAMP_CACHE_DIR']

/** The variables of `env` that this part needs; variables without a value are left out. */
export function environmentFor(part: keyof typeof PARTS, env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const isNeeded = (name: string) =>
    PARTS[part].some((each) => (each.endsWith('*') ? name.startsWith(each.slice(0, -1)) : name === each))
  return Object.fromEntries(Object.entries(env).filter(([name, value]) => value !== undefined && isNeeded(name)))
}

// Without the user's own profiles, which may name another server.
const LOCAL_PROFILE = fileURLToPath(new URL('temporal/local-profile.toml', import.meta.url))

/** A running Temporal server without TLS, and the namespace to use there. */
export interface GivenTemporal {
  /** `host:port` */
  address: string
  namespace: string
}

export interface StackAddresses {
  dataDir: string
  /** `null` when the user's variables name HubSpot or another emulator. */
  emulatorUrl: string | null
  /** `null` when the user's variables name a Temporal server. */
  temporal: { address: string; uiUrl: string | null } | null
}

/** All variables of the stack: the user's own and those that the launcher overrides. Each process gets its part of them. */
export function stackEnvironment(config: Config, env: NodeJS.ProcessEnv, at: StackAddresses): NodeJS.ProcessEnv {
  return {
    ...env,
    ONRAMP_DATA_DIR: at.dataDir,
    ...secretsFor(config, at.dataDir),
    ...(at.emulatorUrl === null ? {} : { HUBSPOT_BASE_URL: at.emulatorUrl, HUBSPOT_ACCESS_TOKEN: 'emulator' }),
    ...(at.temporal === null ? {} : localTemporal(env, at.temporal, config)),
  }
}

/**
 * The environment of a throw-away stack. It has free ports, and never uses the user's HubSpot, nor the user's Temporal unless the
 * command line names one.
 */
export function throwAwayEnvironment(
  env: NodeJS.ProcessEnv,
  dataDir: string,
  temporal: GivenTemporal | null = null,
): NodeJS.ProcessEnv {
  const foreign = /^(HUBSPOT_|TEMPORAL_(?!CLI$)|WEBHOOK_SECRETS$|OPERATOR_TOKENS$|PAYLOAD_KEYS$|HOST$|METRICS_HOST$)/
  const free = { PORT: '0', METRICS_PORT: '0', EMULATOR_PORT: '0', TEMPORAL_PORT: '0', TEMPORAL_UI_PORT: '0' }
  const kept = Object.fromEntries(Object.entries(env).filter(([name]) => !foreign.test(name)))
  const given = temporal && {
    TEMPORAL_ADDRESS: temporal.address,
    TEMPORAL_NAMESPACE: temporal.namespace,
    TEMPORAL_CONFIG_FILE: LOCAL_PROFILE,
  }
  return { ...kept, ...free, ...given, ONRAMP_DATA_DIR: dataDir }
}

/** The place of this stack's secrets, for a line that `npm start` prints. */
export function secretsLocation(config: Config, dataDir: string): string {
  const variables = [
    ...(config.webhookSecrets.length > 0 ? ['WEBHOOK_SECRETS'] : []),
    ...(config.operatorTokens.length > 0 ? ['OPERATOR_TOKENS'] : []),
    ...(config.payloadKeys === undefined ? [] : ['PAYLOAD_KEYS']),
  ]
  if (variables.length === 3) return `in your ${variables.slice(0, -1).join(', ')} and ${variables.at(-1)}`
  return [secretsFile(dataDir), ...variables.map((name) => `your ${name}`)].join(' and ')
}

/**
 * The secrets that the user has not set. Call it before Temporal's database is there: a database without a key has histories in clear
 * (platform/local-secrets.ts).
 */
export function secretsFor(config: Config, dataDir: string): NodeJS.ProcessEnv {
  const ownWebhookSecret = config.webhookSecrets.length > 0
  const ownOperatorToken = config.operatorTokens.length > 0
  const ownPayloadKeys = config.payloadKeys !== undefined
  if (ownWebhookSecret && ownOperatorToken && ownPayloadKeys) return {}

  const secrets = readOrCreateSecrets(dataDir)
  return {
    ...(ownWebhookSecret ? {} : { WEBHOOK_SECRETS: secrets.webhookSecret }),
    ...(ownOperatorToken ? {} : { OPERATOR_TOKENS: secrets.operatorToken }),
    ...(ownPayloadKeys ? {} : { PAYLOAD_KEYS: secrets.payloadKeys }),
  }
}

/**
 * Removes the user's own Temporal settings, and replaces the user's profiles with our own profile file. The local server has
 * no TLS and does not have the user's namespace. It must not receive the user's API key.
 */
function localTemporal(
  env: NodeJS.ProcessEnv,
  { address, uiUrl }: NonNullable<StackAddresses['temporal']>,
  config: Config,
): NodeJS.ProcessEnv {
  const removed = Object.keys(env).filter((name) => name.startsWith('TEMPORAL_'))
  return {
    ...Object.fromEntries(removed.map((name) => [name, undefined])),
    TEMPORAL_ADDRESS: address,
    TEMPORAL_CONFIG_FILE: LOCAL_PROFILE,
    TEMPORAL_UI_URL: config.temporalUiUrl ?? uiUrl ?? undefined,
    // A developer changes the code often, and nobody makes a version current by hand.
    TEMPORAL_VERSIONING: 'auto-upgrade',
  }
}
