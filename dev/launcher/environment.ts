// The environment that the parts of the stack are started with: the user's own, and what the launcher knows better.

import { fileURLToPath } from 'node:url'
import type { Config } from '../../platform/config.ts'
import { readOrCreateSecrets, secretsFile } from '../../platform/local-secrets.ts'

export interface Surroundings {
  dataDir: string
  /** `null` for what was not started, since the user's variables say where it is. */
  emulatorUrl: string | null
  temporal: { address: string; uiUrl: string | null } | null
}

/** The environment of the worker, the API and the setup. */
export function stackEnvironment(config: Config, env: NodeJS.ProcessEnv, at: Surroundings): NodeJS.ProcessEnv {
  return {
    ...env,
    ONRAMP_DATA_DIR: at.dataDir,
    ...secretsFor(config, at.dataDir),
    ...(at.emulatorUrl === null ? {} : { HUBSPOT_BASE_URL: at.emulatorUrl, HUBSPOT_ACCESS_TOKEN: 'emulator' }),
    ...(at.temporal === null ? {} : localTemporal(env, at.temporal, config)),
  }
}

/** For a stack that is gone in a minute: it never talks to a HubSpot or a Temporal of the user's, and takes no port of theirs. */
export function throwAwayEnvironment(env: NodeJS.ProcessEnv, dataDir: string): NodeJS.ProcessEnv {
  const foreign = /^(HUBSPOT_|TEMPORAL_(?!CLI$)|WEBHOOK_SECRETS$|OPERATOR_TOKENS$|HOST$)/
  const free = { PORT: '0', METRICS_PORT: '0', EMULATOR_PORT: '0', TEMPORAL_PORT: '0', TEMPORAL_UI_PORT: '0' }
  const kept = Object.fromEntries(Object.entries(env).filter(([name]) => !foreign.test(name)))
  return { ...kept, ...free, ONRAMP_DATA_DIR: dataDir }
}

/** Where the secrets of this stack lie, for people. */
export function whereSecretsAre(config: Config, dataDir: string): string {
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

  const made = readOrCreateSecrets(dataDir)
  return {
    ...(ownWebhookSecret ? {} : { WEBHOOK_SECRETS: made.webhookSecret }),
    ...(ownOperatorToken ? {} : { OPERATOR_TOKENS: made.operatorToken }),
  }
}

/**
 * A profile or a key that the user has for a Temporal elsewhere must not be sent to the local server, which speaks
 * neither TLS nor knows their namespace: all of it is taken away and a file of ours stands in for the profiles.
 */
function localTemporal(
  env: NodeJS.ProcessEnv,
  { address, uiUrl }: NonNullable<Surroundings['temporal']>,
  config: Config,
): NodeJS.ProcessEnv {
  const taken = Object.keys(env).filter((name) => name.startsWith('TEMPORAL_'))
  return {
    ...Object.fromEntries(taken.map((name) => [name, undefined])),
    TEMPORAL_ADDRESS: address,
    TEMPORAL_CONFIG_FILE: fileURLToPath(new URL('temporal/local-profile.toml', import.meta.url)),
    TEMPORAL_UI_URL: config.temporalUiUrl ?? uiUrl ?? undefined,
  }
}
