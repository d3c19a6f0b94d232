// `npm run worker`: runs workflows and activities for Temporal. On SIGTERM or SIGINT it finishes the work that it has started.

import { setTimeout as sleep } from 'node:timers/promises'
import { NativeConnection, Runtime } from '@temporalio/worker'
import type { Client } from '@temporalio/client'
import { createHubSpotCrm } from '../hubspot/crm.ts'
import type { CrmState } from '../domain/crm-state.ts'
import { Attempts } from '../activities/attempt.ts'
import { createActivities } from '../activities/index.ts'
import { configOrExit, configWarnings } from '../platform/config.ts'
import { causeOf } from '../platform/error-cause.ts'
import { serveHealth } from '../platform/health.ts'
import { observeWorker } from '../platform/gauges.ts'
import { createLogger } from '../platform/logger.ts'
import { workerRegistry } from '../platform/metrics.ts'
import { endOnCrash, guardConsole } from '../platform/output-guard.ts'
import { UnreadablePayloads } from '../platform/payloads/unreadable-payloads.ts'
import { logStart } from '../platform/start-line.ts'
import { TemporalMetrics } from '../platform/temporal-metrics.ts'
import { temporalOrExit } from '../platform/temporal.ts'
import { TEMPORAL_PROBLEMS, temporalProblem } from '../platform/temporal-problem.ts'
import { workflowBundle } from './bundle.ts'
import { associationReviewsOf } from './association-reviews.ts'
import { warnOfVersions, watchVersion } from './current-version.ts'
import type { VersionState } from './current-version.ts'
import { hubSpotOf, watchOutages } from './hubspot.ts'
import { probeHubSpot } from './hubspot-probes.ts'
import { portalIdWithin, waitForSetup } from './hubspot-setup.ts'
import { progressReporter } from './progress.ts'
import { watchQuota } from './quota-watch.ts'
import { WorkerReadiness } from './readiness.ts'
import type { SetupState } from './readiness.ts'
import { temporalLogger } from './temporal-logger.ts'
import { deploymentNameOf, workerVersion } from './version.ts'
import { createWorker } from './worker.ts'
import { watchWorkflowThreads } from './workflow-threads/timeouts.ts'

// The start line does not wait longer for the portal's id.
const PORTAL_MS = 2000
// Reviews that take longer are dropped, so that HubSpot or Temporal cannot keep the process alive.
const DRAIN_MS = 3000

const config = configOrExit([['HUBSPOT_ACCESS_TOKEN', 'HUBSPOT_BASE_URL'], 'PAYLOAD_KEYS'])
const logger = createLogger('worker', config.logLevel)
endOnCrash(logger)
guardConsole(logger)
for (const warning of configWarnings()) logger.warn(warning)
const { settings, client } = temporalOrExit(config.payloadKeys)
const hubspot = hubSpotOf(config, logger)
const outages = watchOutages(logger)
/** What this process knows of HubSpot. */
const crmState = (): CrmState => ({ ...hubspot.state(), outageSince: outages.since() })
const unreadable = new UnreadablePayloads(logger)
const attempts = new Attempts({ now: Date.now, onOutage: outages.onChange })
const readiness = new WorkerReadiness({
  temporalProblem: () => temporalProblem(client, 2000),
  hubSpot: crmState,
  missingKeys: () => unreadable.missingKeys(),
})
observeWorker({ hubSpot: crmState, oldestStepSeconds: () => attempts.oldestSeconds() })
const temporalMetrics = new TemporalMetrics()
const health = await serveHealth({
  host: config.metricsHost,
  port: config.metricsPort,
  condition: () => readiness.condition(),
  metrics: workerRegistry,
  otherMetrics: () => temporalMetrics.text(),
}).catch(giveUp)

// Before the worker runs, there is nothing to finish. Once the worker runs, the SDK handles the signals and drains the worker.
const stopAtOnce = () => process.exit(0)
process.on('SIGTERM', stopAtOnce).on('SIGINT', stopAtOnce)

// Without this, the native part of the SDK writes to the console itself: many lines while Temporal is unavailable.
await temporalMetrics
  .install((metrics) =>
    Runtime.install({
      logger: temporalLogger(logger),
      telemetryOptions: { logging: { forward: {}, filter: 'WARN' }, metrics },
    }),
  )
  .catch(giveUp)

const portalId = await portalIdWithin(hubspot, PORTAL_MS)
logStart(logger, { config, temporal: settings, own: { portalId, apiVersion: config.hubspotApiVersion } })
await waitForTemporal(client)
const reviews = associationReviewsOf(client, {
  hubspot,
  policy: config.associationPrimary,
  onLost: (count) => logger.info({ count }, 'associations were not read again: HubSpot or Temporal was unavailable'),
})
const connection = await NativeConnection.connect(settings.connectionOptions)
const bundle = await workflowBundle(Runtime.instance().logger)
const version = workerVersion(config, bundle.code)
const worker = await createWorker({
  connection,
  namespace: settings.namespace,
  taskQueue: config.temporalTaskQueue,
  version,
  workflowBundle: bundle,
  payloadKeys: config.payloadKeys,
  onUnreadable: (payload) => unreadable.note(payload),
  onProgress: progressReporter(logger),
  cachedWorkflows: config.workerCachedWorkflows,
  crmState,
  activities: createActivities(
    createHubSpotCrm(hubspot, {
      policies: {
        adoption: config.companyAdoption,
        primary: config.associationPrimary,
        move: config.associationOnMove,
        adoptedCompanyUpdates: config.adoptedCompanyUpdates,
        existingContactUpdates: config.existingContactUpdates,
      },
      made: reviews.made,
    }),
    { attempts },
  ),
})

// As long as a workflow task's own limit: after it Temporal gives the task to another worker.
watchWorkflowThreads(10, () =>
  giveUp(
    new Error(
      'the worker ends: workflow code has not returned for 10 s. With WORKFLOW_TIMEOUTS=on only that customer hangs, and Temporal says which one',
    ),
  ),
)

process.off('SIGTERM', stopAtOnce).off('SIGINT', stopAtOnce)
const ended = new AbortController()
const stopWatchingQuota = watchQuota(crmState, logger)
const stopProbes = probeHubSpot({
  hubspot,
  outage: attempts.outage,
  pauseSeconds: config.hubspotProbeSeconds,
  logger,
})
readiness.polls = () => worker.getState() === 'RUNNING'
void waitForHubSpot()

try {
  logger.info({ taskQueue: worker.options.taskQueue }, 'worker started')
  // Temporal learns of a version by the worker's first poll, so the worker runs before its version can become current.
  const running = worker.run()
  void waitForVersion()
  await running
  logger.info('worker stopped')
} catch (error) {
  logger.error({ cause: causeOf(error) }, 'worker failed')
  process.exitCode = 1
}
ended.abort()
stopWatchingQuota()
stopProbes()
health.close()
await Promise.race([reviews.drain(), sleep(DRAIN_MS)])
await Promise.allSettled([client.connection.close(), connection.close(), hubspot.close()])
// An activity that ignores its cancellation would keep the process alive.
process.exit()

/** Waits for the search attributes as well: without them the first workflow task of every onboarding would fail. */
async function waitForTemporal(client: Client): Promise<void> {
  let reported: string | null = null
  for (;;) {
    const problem = await temporalProblem(client, 2000)
    if (problem === null) break
    if (problem !== reported) logger.warn(`the worker waits. ${TEMPORAL_PROBLEMS[problem]}`)
    reported = problem
    await sleep(1000)
  }
}

async function waitForHubSpot(): Promise<void> {
  const onState = (state: SetupState) => {
    readiness.setup = state
  }
  await waitForSetup({ hubspot, pauseSeconds: config.hubspotProbeSeconds, logger, onState })
  // The scheduler learns the portal's time zone, in which the daily limit ends. Without it, hourly probes find the new day.
  if (portalId === undefined) await hubspot.account().catch(() => null)
}

/** A worker whose version is not current is ready all the same: it serves the runs of its version, and an operator decides the rest. */
async function waitForVersion(): Promise<void> {
  const deployment = { workflowService: connection.workflowService, namespace: settings.namespace, logger }
  const onState = (state: VersionState) => {
    readiness.version = state
  }
  if (version !== null)
    return await watchVersion({
      ...deployment,
      taskQueue: config.temporalTaskQueue,
      version,
      signal: ended.signal,
      onState,
    })
  onState('current')
  await warnOfVersions(deployment, deploymentNameOf(config))
}

function giveUp(error: Error): never {
  logger.fatal(error.message)
  process.exit(1)
}
