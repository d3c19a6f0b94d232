// Starts onramp by its own launcher, on a HubSpot emulator that runs already.

import { fileURLToPath } from 'node:url'
import { loadConfig } from '../../../platform/config.ts'
import { readOrCreateSecrets } from '../../../platform/local-secrets.ts'
import { onboardingId } from '../../../domain/ids.ts'
import { throwAwayEnvironment } from '../../launcher/environment.ts'
import { startStack } from '../../launcher/stack.ts'
import type { StartContext, StartedApp } from './context.ts'

// Without the user's own Temporal profiles, which may name another server.
const TEMPORAL_PROFILE = fileURLToPath(new URL('../../launcher/temporal/local-profile.toml', import.meta.url))

export async function startOnramp(context: StartContext): Promise<StartedApp> {
  const { dataDir, emulatorUrl, processes, settings, signal, taskQueue, temporalAddress } = context
  const env = {
    ...throwAwayEnvironment(process.env, dataDir),
    // A laptop's log file has a line for each event as well, so the level stays as it is.
    HUBSPOT_BASE_URL: emulatorUrl,
    HUBSPOT_ACCESS_TOKEN: 'bench',
    ...(temporalAddress === null
      ? {}
      : { TEMPORAL_ADDRESS: temporalAddress, TEMPORAL_CONFIG_FILE: TEMPORAL_PROFILE, TEMPORAL_TASK_QUEUE: taskQueue }),
    ...settings,
  }
  const { supervisor } = processes
  const stack = await startStack({ config: loadConfig(env), env, dataDir, supervisor, say: context.note, signal })
  return {
    webhookUrl: `${stack.apiUrl}/webhooks/customers`,
    liveUrl: `${stack.apiUrl}/health/live`,
    webhookSecret: readOrCreateSecrets(dataDir).webhookSecret,
    temporalAddress: stack.env['TEMPORAL_ADDRESS'] ?? '',
    workflowId: onboardingId,
  }
}
