// The API in this process, connected to the Temporal server of the test run.

import type { WorkflowService } from '@temporalio/client'
import type { Hono } from 'hono'
import { inject } from 'vitest'
import { createApp } from '../../api/app.ts'
import { ParkedCustomers } from '../../api/temporal/parked-customers.ts'
import { CustomerList } from '../../api/temporal/customer-list.ts'
import { Onboardings } from '../../api/temporal/onboardings.ts'
import { createLogger } from '../../platform/logger.ts'
import { parseOperatorToken } from '../../platform/operator-tokens.ts'
import type { OperatorToken } from '../../platform/operator-tokens.ts'
import type { RunSettings } from '../../workflows/messages.ts'
import { createClient } from '../../platform/temporal.ts'
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
  settings?: RunSettings
  /** `skips`: an onboarding's timers fire as soon as it has nothing else to do, by Temporal's time skipping. */
  time?: 'passes' | 'skips'
  /** Every call to Temporal fails with an unexpected error. */
  isBroken?: boolean
}

export function testApi(options: ApiOptions = {}): { app: Hono; client: ReturnType<typeof createClient> } {
  const { address = inject('temporalAddress'), taskQueue = 'nobody-listens', namespace = 'default' } = options
  const { operatorTokens = [OPERATOR_TOKEN, `read:${READ_TOKEN}`] } = options
  const client = createClient({ connectionOptions: { address }, namespace })
  if (options.time === 'skips') skipTime(client.workflowService)
  if (options.isBroken) client.withDeadline = () => Promise.reject(new Error('broken by the test'))
  const temporalUiUrl = 'http://127.0.0.1:8233'
  const app = createApp({
    onboardings: new Onboardings({
      client,
      taskQueue,
      temporalUiUrl,
      ...(options.settings && { settings: options.settings }),
    }),
    customerList: new CustomerList(client, options.pageSize),
    parkedCustomers: new ParkedCustomers(client),
    webhookSecrets: options.webhookSecrets ?? [WEBHOOK_SECRET],
    operatorTokens: operatorTokens.map(operatorToken),
    temporalUiUrl,
    logger: createLogger('test', 'silent'),
  })
  return { app, client }
}

function operatorToken(text: string): OperatorToken {
  const token = parseOperatorToken(text)
  if (token === null) throw new Error(`${text} is not an operator token`)
  return token
}

/** The SDK has no option for time skipping yet, so this extends its request. */
function skipTime(service: WorkflowService): void {
  const start = service.signalWithStartWorkflowExecution.bind(service)
  const withTimeSkipping = (request: SignalWithStart) => start({ ...request, timeSkippingConfig: { enabled: true } })
  Object.assign(service, { signalWithStartWorkflowExecution: withTimeSkipping })
}

type SignalWithStart = Parameters<WorkflowService['signalWithStartWorkflowExecution']>[0]
