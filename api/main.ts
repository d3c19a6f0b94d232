// `npm run api`: serves the API until SIGTERM or SIGINT, then finishes the open requests.

import { configOrExit, configWarnings } from '../platform/config.ts'
import { serveHealth } from '../platform/health.ts'
import { observeCustomers } from '../platform/gauges.ts'
import { createLogger } from '../platform/logger.ts'
import { apiRegistry } from '../platform/metrics.ts'
import { endOnCrash, guardConsole } from '../platform/output-guard.ts'
import { EncryptingCodec } from '../platform/payloads/payload-codec.ts'
import { logStart } from '../platform/start-line.ts'
import { temporalOrExit } from '../platform/temporal.ts'
import { createApp } from './app.ts'
import { ParkedCustomers } from './temporal/parked-customers.ts'
import { Cursors } from './temporal/cursor.ts'
import { CustomerList } from './temporal/customer-list.ts'
import { Installation } from './temporal/installation.ts'
import { Onboardings } from './temporal/onboardings.ts'
import { SampledCounts } from './temporal/sampled-counts.ts'
import { StuckRuns } from './temporal/stuck-runs.ts'
import { startServer } from './server.ts'

// Events must be signed, so the API does not start without a secret.
const config = configOrExit(['WEBHOOK_SECRETS', 'PAYLOAD_KEYS'])
const logger = createLogger('api', config.logLevel)
endOnCrash(logger)
guardConsole(logger)
for (const warning of configWarnings()) logger.warn(warning)
const { settings, client } = temporalOrExit(config.payloadKeys)
const temporalUiUrl = config.temporalUiUrl ?? null

const onboardings = new Onboardings({
  client,
  taskQueue: config.temporalTaskQueue,
  temporalUiUrl,
  settings: {
    idleDays: config.onboardingIdleDays === 'never' ? null : config.onboardingIdleDays,
    registrationOverdueHours: config.registrationOverdueHours,
  },
})
const stuckRuns = new StuckRuns({ client, taskQueue: config.temporalTaskQueue, temporalUiUrl })
const app = createApp({
  onboardings,
  customerList: new CustomerList(client, new Cursors(config.webhookSecrets)),
  parkedCustomers: new ParkedCustomers(client, { temporalUiUrl }),
  stuckRuns,
  installation: new Installation({ client, taskQueue: config.temporalTaskQueue, temporalUiUrl }),
  webhookSecrets: config.webhookSecrets,
  operatorTokens: config.operatorTokens,
  temporalUiUrl,
  codec: new EncryptingCodec({
    ring: config.payloadKeys,
    namespace: settings.namespace,
    unreadableMessages: 'fail',
  }),
  logger,
})
const counts = new SampledCounts(client, config.temporalTaskQueue)
observeCustomers(() => counts.newest())
logStart(logger, { config, temporal: settings })
const health = await serveHealth({
  host: config.metricsHost,
  port: config.metricsPort,
  metrics: apiRegistry,
  async condition() {
    const failing = await onboardings.failingPart()
    return { failing: failing === null ? [] : [failing], degraded: [] }
  },
}).catch(giveUp)
const { stop, host, port } = await startServer(app, config).catch((error: Error) =>
  giveUp(new Error(`${error.message}. HOST and PORT change it.`)),
)
logger.info({ address: host, port }, 'listens')
if (config.operatorTokens.length === 0)
  logger.warn('OPERATOR_TOKENS is empty: the API answers every operator request with 401')

// Every request is answered within 3.5 s, which includes Temporal's deadline.
const DRAIN_MS = 5000

for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  process.once(signal, () => {
    setTimeout(() => process.exit(0), DRAIN_MS).unref()
    health.close()
    void stop()
      .then(() => client.connection.close())
      .finally(() => process.exit(0))
  })
}

function giveUp(error: Error): never {
  logger.fatal(error.message)
  process.exit(1)
}
