// The API in this process, connected to the Temporal server of the test run.

import type { WorkflowService } from '@temporalio/client'
import type { Hono } from 'hono'
import { inject } from 'vitest'
import { createApp } from '../../api/app.ts'
import { ParkedCustomers } from '../../api/temporal/parked-customers.ts'
import type { BacklogLimits } from '../../api/temporal/backlog.ts'
import { Cursors } from '../../api/temporal/cursor.ts'
import { CustomerList } from '../../api/temporal/customer-list.ts'
import { StuckRuns } from '../../api/temporal/stuck-runs.ts'
import { Installation } from '../../api/temporal/installation.ts'
import { Onboardings } from '../../api/temporal/onboardings.ts'
import { createLogger } from '../../platform/logger.ts'
import { parseOperatorToken } from '../../platform/operator-tokens.ts'
import type { OperatorToken } from '../../platform/operator-tokens.ts'
import type { RunSettings } from '../../workflows/messages.ts'
import { createClient } from '../../platform/temporal.ts'
import { atEndOfFile } from './end-of-file.ts'
import { PAYLOAD_KEYS, ringOf, testCodec } from './payload-keys.ts'
import { OPERATOR_TOKEN, READ_TOKEN, WEBHOOK_SECRET } from './sender.ts'

export interface ApiOptions {
  /** The address of Temporal; by default that of the test run's server. */
  address?: string
  namespace?: string
  taskQueue?: string
  pageSize?: number
  webhookSecrets?: string[]
  /** As in OPERATOR_TOKENS. */
  operatorTokens?: string[]
  payloadKeys?: string
  settings?: RunSettings
  backlogLimits?: BacklogLimits
  /** `skips`: an onboarding's timers fire as soon as it has nothing else to do, by Temporal's time skipping. */
  time?: 'passes' | 'skips'
  /** Every call to Temporal and each decoding fails with an unexpected error. */
  isBroken?: boolean
  /** A worker that has not polled for this long is gone. */
  goneAfterMs?: number
  /** The clock of the console's sessions, in milliseconds since the epoch. */
  now?: () => number
  /** Gets each line of the log, at every level. */
  onLog?: (line: string) => void
}

export function testApi(options: ApiOptions = {}): { app: Hono; client: ReturnType<typeof createClient> } {
  const { address = inject('temporalAddress'), namespace = inject('temporalNamespace') } = options
  const { taskQueue = 'nobody-listens' } = options
  const { webhookSecrets = [WEBHOOK_SECRET], operatorTokens = [OPERATOR_TOKEN, `read:${READ_TOKEN}`] } = options
  const { payloadKeys = PAYLOAD_KEYS } = options
  const client = createClient({ connectionOptions: { address }, namespace }, ringOf(payloadKeys))
  // An open connection would send pings while a later file in this process has fake timers. The test may have closed it.
  atEndOfFile(() => client.connection.close().catch(() => {}))
  if (options.time === 'skips') skipTime(client.workflowService)
  const codec = testCodec(payloadKeys, namespace)
  if (options.isBroken) {
    client.withDeadline = () => Promise.reject(new Error('broken by the test'))
    codec.read = () => {
      throw new Error('broken by the test')
    }
  }
  const temporalUiUrl = 'http://127.0.0.1:8233'
  const app = createApp({
    onboardings: new Onboardings({
      client,
      taskQueue,
      temporalUiUrl,
      ...(options.settings && { settings: options.settings }),
      ...(options.backlogLimits && { backlogLimits: options.backlogLimits }),
    }),
    customerList: new CustomerList(client, new Cursors(webhookSecrets), options.pageSize),
    parkedCustomers: new ParkedCustomers(client, { temporalUiUrl }),
    stuckRuns: new StuckRuns({
      client,
      taskQueue,
      temporalUiUrl,
      ...(options.goneAfterMs !== undefined && { goneAfterMs: options.goneAfterMs }),
    }),
    installation: new Installation({ client, taskQueue, temporalUiUrl }),
    webhookSecrets,
    operatorTokens: operatorTokens.map(operatorToken),
    temporalUiUrl,
    codec,
    ...(options.now && { now: options.now }),
    logger: options.onLog ? createLogger('test', 'trace', { write: options.onLog }) : createLogger('test', 'silent'),
  })
  return { app, client }
}

/** An entry of OPERATOR_TOKENS. */
export function operatorToken(text: string): OperatorToken {
  const token = parseOperatorToken(text)
  if (typeof token === 'string') throw new Error(`${text} is not an operator token: ${token}`)
  return token
}

/** The SDK has no option for time skipping yet, so this extends its request. */
function skipTime(service: WorkflowService): void {
  const start = service.signalWithStartWorkflowExecution.bind(service)
  const withTimeSkipping = (request: SignalWithStart) => start({ ...request, timeSkippingConfig: { enabled: true } })
  Object.assign(service, { signalWithStartWorkflowExecution: withTimeSkipping })
}

type SignalWithStart = Parameters<WorkflowService['signalWithStartWorkflowExecution']>[0]
