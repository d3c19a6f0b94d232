// Starts onramp by its own launcher, on a HubSpot emulator that runs already.

import { loadConfig } from '../../../platform/config.ts'
import { readOrCreateSecrets } from '../../../platform/local-secrets.ts'
import { onboardingId } from '../../../domain/ids.ts'
import { throwAwayEnvironment } from '../../launcher/environment.ts'
import { startStack } from '../../launcher/stack.ts'
import type { StartContext, StartedApp } from './context.ts'

export async function startOnramp(context: StartContext): Promise<StartedApp> {
  const { dataDir, emulatorUrl, processes, settings, signal, taskQueue, temporalAddress, temporalNamespace } = context
  const given = temporalAddress === null ? null : { address: temporalAddress, namespace: temporalNamespace }
  const env = {
    ...throwAwayEnvironment(process.env, dataDir, given),
    // A laptop's log file has a line for each event as well, so the level stays as it is.
    HUBSPOT_BASE_URL: emulatorUrl,
    HUBSPOT_ACCESS_TOKEN: 'bench',
    ...(given && { TEMPORAL_TASK_QUEUE: taskQueue }),
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
