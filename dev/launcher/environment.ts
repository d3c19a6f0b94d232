// The environment of the stack's processes: the user's own variables and those that the launcher overrides.

import { fileURLToPath } from 'node:url'
import type { Config } from '../../platform/config.ts'
import { readOrCreateSecrets, secretsFile } from '../../platform/local-secrets.ts'

export interface StackAddresses {
  dataDir: string
  /** `null` when the user's variables name HubSpot or another emulator. */
  emulatorUrl: string | null
  /** `null` when the user's variables name a Temporal server. */
  temporal: { address: string; uiUrl: string | null } | null
}

/** The environment of the worker, the API and the setup. */
export function stackEnvironment(config: Config, env: NodeJS.ProcessEnv, at: StackAddresses): NodeJS.ProcessEnv {
  return {
    ...env,
    ONRAMP_DATA_DIR: at.dataDir,
    ...secretsFor(config, at.dataDir),
    ...(at.emulatorUrl === null ? {} : { HUBSPOT_BASE_URL: at.emulatorUrl, HUBSPOT_ACCESS_TOKEN: 'emulator' }),
    ...(at.temporal === null ? {} : localTemporal(env, at.temporal, config)),
  }
}

/** The environment of a throw-away stack. It has free ports, and never uses the user's HubSpot or Temporal. */
export function throwAwayEnvironment(env: NodeJS.ProcessEnv, dataDir: string): NodeJS.ProcessEnv {
  const foreign = /^(HUBSPOT_|TEMPORAL_(?!CLI$)|WEBHOOK_SECRETS$|OPERATOR_TOKENS$|HOST$)/
  const free = { PORT: '0', METRICS_PORT: '0', EMULATOR_PORT: '0', TEMPORAL_PORT: '0', TEMPORAL_UI_PORT: '0' }
  const kept = Object.fromEntries(Object.entries(env).filter(([name]) => !foreign.test(name)))
  return { ...kept, ...free, ONRAMP_DATA_DIR: dataDir }
}

/** The place of this stack's secrets, for a line that `npm start` prints. */
export function secretsLocation(config: Config, dataDir: string): string {
  const variables = [
    ...(config.webhookSecrets.length > 0 ? ['WEBHOOK_SECRETS'] : []),
    ...(config.operatorTokens.length > 0 ? ['OPERATOR_TOKENS'] : []),
  ]
  if (variables.length === 2) return `in your ${variables.join(' and ')}`
  return [secretsFile(dataDir), ...variables.map((name) => `your ${name}`)].join(' and ')
}

function secretsFor(config: Config, dataDir: string): NodeJS.ProcessEnv {
  const ownWebhookSecret = config.webhookSecrets.length > 0
  const ownOperatorToken = config.operatorTokens.length > 0
  if (ownWebhookSecret && ownOperatorToken) return {}

  const secrets = readOrCreateSecrets(dataDir)
  return {
    ...(ownWebhookSecret ? {} : { WEBHOOK_SECRETS: secrets.webhookSecret }),
    ...(ownOperatorToken ? {} : { OPERATOR_TOKENS: secrets.operatorToken }),
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
    TEMPORAL_CONFIG_FILE: fileURLToPath(new URL('temporal/local-profile.toml', import.meta.url)),
    TEMPORAL_UI_URL: config.temporalUiUrl ?? uiUrl ?? undefined,
  }
}
