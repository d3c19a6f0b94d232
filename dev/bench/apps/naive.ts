// Starts the naive app, with the same Temporal server and settings as onramp.

import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { readOrCreateSecrets } from '../../../platform/local-secrets.ts'
import { environmentFor } from '../../launcher/environment.ts'
import { freePort } from '../../launcher/free-ports.ts'
import { waitUntilReady } from '../../launcher/readiness.ts'
import { temporalCli, userCacheDir } from '../../launcher/temporal/cli.ts'
import { startTemporalServer } from '../../launcher/temporal/server.ts'
import type { StartContext, StartedApp } from './context.ts'

export async function startNaive(context: StartContext): Promise<StartedApp> {
  const { dataDir, emulatorUrl, processes, taskQueue } = context
  const temporalAddress = context.temporalAddress ?? (await startTemporal(context))
  const { webhookSecret } = readOrCreateSecrets(dataDir)
  const port = await freePort()

  const start = (name: 'worker' | 'API', file: string) =>
    processes.supervisor.start({
      name,
      layer: 'top',
      command: process.execPath,
      args: [fileURLToPath(new URL(`../naive/${file}`, import.meta.url))],
      env: {
        ...environmentFor('api', process.env),
        TEMPORAL_ADDRESS: temporalAddress,
        TASK_QUEUE: taskQueue,
        HUBSPOT_URL: emulatorUrl,
        WEBHOOK_SECRET: webhookSecret,
        PORT: String(port),
      },
      logFile: join(dataDir, 'logs', `${name.toLowerCase()}.log`),
    })
  start('worker', 'worker.ts')
  const url = `http://127.0.0.1:${port}`
  await waitUntilReady(start('API', 'api.ts'), url)
  return {
    webhookUrl: `${url}/webhooks/customers`,
    liveUrl: url,
    webhookSecret,
    temporalAddress,
    workflowId: (customerId) => `onboard-${customerId}`,
  }
}

async function startTemporal({ dataDir, note, processes: { supervisor }, signal }: StartContext): Promise<string> {
  const { env } = process
  const cacheDir = env['ONRAMP_CACHE_DIR'] || userCacheDir(env)
  const cli = await temporalCli({
    configured: env['TEMPORAL_CLI'] || null,
    cacheDir,
    env,
    log: note,
    supervisor,
    signal,
  })
  const { address } = await startTemporalServer({
    cli,
    supervisor,
    env,
    port: await freePort(),
    uiPort: await freePort(),
    file: join(dataDir, 'temporal.sqlite'),
    logFile: join(dataDir, 'logs', 'temporal.log'),
  })
  return address
}
