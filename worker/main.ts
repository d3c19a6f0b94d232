// `npm run worker`: takes workflows and activities from Temporal until it is told to stop, then finishes what it has begun.

import { setTimeout as sleep } from 'node:timers/promises'
import { NativeConnection, Runtime } from '@temporalio/worker'
import type { Client } from '@temporalio/client'
import { createHubSpotCrm } from '../hubspot/crm.ts'
import { findProblems } from '../hubspot/setup.ts'
import { createActivities } from '../activities/index.ts'
import { configOrExit } from '../platform/config.ts'
import { serveHealth } from '../platform/health.ts'
import { createLogger } from '../platform/logger.ts'
import { temporalOrExit, temporalProblem } from '../platform/temporal.ts'
import { workflowBundle } from './bundle.ts'
import { hubSpotOf } from './hubspot.ts'
import { temporalLogger } from './temporal-logger.ts'
import { createWorker } from './worker.ts'

const config = configOrExit([['HUBSPOT_ACCESS_TOKEN', 'HUBSPOT_BASE_URL']])
const { settings, client } = temporalOrExit()
const logger = createLogger('worker', config.logLevel)
const hubspot = hubSpotOf(config, logger)

/** What keeps this worker from its work, by name; a supervisor reads it on the health page. */
const failing = new Set(['temporal', 'hubspot'])
const health = await serveHealth(config.metricsPort, () => [
  ...failing,
  ...(hubspot.isCircuitOpen() ? ['hubspot-token'] : []),
]).catch(retryLimit)

// Until the worker runs there is nothing to finish; from then on the SDK takes the signals and drains.
const stopAtOnce = () => process.exit(0)
process.on('SIGTERM', stopAtOnce).on('SIGINT', stopAtOnce)

// Temporal's native part would otherwise write to the console by itself, loudly while the server is away.
Runtime.install({ logger: temporalLogger(logger), telemetryOptions: { logging: { forward: {}, filter: 'WARN' } } })

await untilTemporalIsFit(client)
const connection = await NativeConnection.connect(settings.connectionOptions)
const worker = await createWorker({
  connection,
  namespace: settings.namespace,
  taskQueue: config.temporalTaskQueue,
  version:
    config.temporalDeploymentName && config.temporalWorkerBuildId
      ? { deploymentName: config.temporalDeploymentName, buildId: config.temporalWorkerBuildId }
      : null,
  workflowBundle: await workflowBundle(Runtime.instance().logger),
  activities: createActivities(
    createHubSpotCrm(hubspot, {
      adoption: config.companyAdoption,
      primary: config.associationPrimary,
      move: config.associationOnMove,
    }),
  ),
})

process.off('SIGTERM', stopAtOnce).off('SIGINT', stopAtOnce)
failing.delete('temporal')
void untilHubSpotIsSetUp()

try {
  logger.info({ taskQueue: worker.options.taskQueue }, 'takes work')
  await worker.run()
  logger.info('stopped')
} catch (error) {
  logger.error({ cause: messageOf(error) }, 'ended by itself')
  process.exitCode = 1
}
health.close()
await Promise.allSettled([connection.close(), hubspot.close()])
// An activity that ignores its cancellation would keep the process alive.
process.exit()

/** A worker without the search attributes would hang each workflow at its first phase, so it waits for them. */
async function untilTemporalIsFit(client: Client): Promise<void> {
  let said: string | null = null
  for (;;) {
    const problem = await temporalProblem(client, 2000)
    if (problem === null) break
    if (problem !== said) {
      logger.warn(
        problem === 'temporal'
          ? 'waits for Temporal, which does not answer at TEMPORAL_ADDRESS'
          : 'waits for the search attributes: run `npm run setup`',
      )
    }
    said = problem
    await sleep(1000)
  }
  await client.connection.close()
}

/** Meanwhile customers wait: without our keys HubSpot refuses the calls, so nothing can be doubled. */
async function untilHubSpotIsSetUp(): Promise<void> {
  let said = ''
  for (;;) {
    const problems = await findProblems(hubspot).catch((error: unknown) => [messageOf(error)])
    if (problems.length === 0) break
    if (problems.join() !== said) logger.warn({ problems }, 'HubSpot is not fit for work')
    said = problems.join()
    await sleep(config.hubspotProbeSeconds * 1000)
  }
  failing.delete('hubspot')
}

function retryLimit(error: Error): never {
  logger.fatal(error.message)
  process.exit(1)
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
