// `npm run worker`: runs workflows and activities for Temporal. On SIGTERM or SIGINT it finishes the work that it has started.

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

/** The services that are not ready yet; `/health/ready` names them. */
const failing = new Set(['temporal', 'hubspot'])
const health = await serveHealth(config.metricsPort, () => [
  ...failing,
  ...(hubspot.isCircuitOpen() ? ['hubspot-token'] : []),
]).catch(giveUp)

// Before the worker runs, there is nothing to finish. Once the worker runs, the SDK handles the signals and drains the worker.
const stopAtOnce = () => process.exit(0)
process.on('SIGTERM', stopAtOnce).on('SIGINT', stopAtOnce)

// Without this, the native part of the SDK writes to the console itself: many lines while Temporal is unavailable.
Runtime.install({ logger: temporalLogger(logger), telemetryOptions: { logging: { forward: {}, filter: 'WARN' } } })

await waitForTemporal(client)
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
void waitForHubSpot()

try {
  logger.info({ taskQueue: worker.options.taskQueue }, 'worker started')
  await worker.run()
  logger.info('worker stopped')
} catch (error) {
  logger.error({ cause: messageOf(error) }, 'worker failed')
  process.exitCode = 1
}
health.close()
await Promise.allSettled([connection.close(), hubspot.close()])
// An activity that ignores its cancellation would keep the process alive.
process.exit()

/** Waits for the search attributes as well: without them the first workflow task of every onboarding would fail. */
async function waitForTemporal(client: Client): Promise<void> {
  let reported: string | null = null
  for (;;) {
    const problem = await temporalProblem(client, 2000)
    if (problem === null) break
    if (problem !== reported) {
      logger.warn(
        problem === 'temporal'
          ? 'waiting for Temporal, which does not answer at TEMPORAL_ADDRESS'
          : 'waiting for the search attributes: run `npm run setup`',
      )
    }
    reported = problem
    await sleep(1000)
  }
  await client.connection.close()
}

/** Onboardings wait meanwhile. Without our unique properties HubSpot rejects the calls, so there are no duplicates (G2). */
async function waitForHubSpot(): Promise<void> {
  let reported = ''
  for (;;) {
    const problems = await findProblems(hubspot).catch((error: unknown) => [messageOf(error)])
    if (problems.length === 0) break
    if (problems.join() !== reported) logger.warn({ problems }, 'HubSpot is not ready')
    reported = problems.join()
    await sleep(config.hubspotProbeSeconds * 1000)
  }
  failing.delete('hubspot')
}

function giveUp(error: Error): never {
  logger.fatal(error.message)
  process.exit(1)
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
