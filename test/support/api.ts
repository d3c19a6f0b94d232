// The API in this process, before the run's Temporal server.

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
  /** Another Temporal than the run's, such as none at all. */
  address?: string
  namespace?: string
  taskQueue?: string
  pageSize?: number
  webhookSecrets?: string[]
  /** As they stand in OPERATOR_TOKENS. */
  operatorTokens?: string[]
  settings?: RunSettings
  /** `skips` lets an onboarding's timers fire as soon as nothing else is under way, by Temporal's own time skipping. */
  time?: 'passes' | 'skips'
  /** Whether everything that asks Temporal breaks in a way that nobody foresaw. */
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
  if (token === null) throw new Error(`${text} is no operator token`)
  return token
}

/** The SDK has no option for it yet, so the request to start is extended on its way. */
function skipTime(service: WorkflowService): void {
  const start = service.signalWithStartWorkflowExecution.bind(service)
  const skipping = (request: SignalWithStart) => start({ ...request, timeSkippingConfig: { enabled: true } })
  Object.assign(service, { signalWithStartWorkflowExecution: skipping })
}

type SignalWithStart = Parameters<WorkflowService['signalWithStartWorkflowExecution']>[0]
