// Brings the customers of a file into another Temporal: each gets a run that starts with the state of its last one.

import { setTimeout as sleep } from 'node:timers/promises'
import { WorkflowExecutionAlreadyStartedError } from '@temporalio/client'
import type { Client } from '@temporalio/client'
import { ONBOARDING_WORKFLOW, onboardingId } from '../domain/ids.ts'
import { MEMO } from '../domain/moves.ts'
import { onboardingStart } from '../platform/onboarding-start.ts'
import { statusOfCompleted } from '../workflows/customer/completed-run.ts'
import type { RunSettings } from '../workflows/messages.ts'
import { customersIn } from './customers-file.ts'
import type { StateCodec } from './customers-file.ts'

const AT_ONCE = 10

interface ImportOptions {
  client: Client
  taskQueue: string
  settings: RunSettings
  path: string
  codec: StateCodec
  /** Customers a second. */
  rate: number
  log: (line: string) => void
}

export interface ImportResult {
  started: number
  /** The customers whom an earlier import of this file has started. */
  there: number
  /** The ids of customers who have another run here, so that the file's state was not used. */
  conflicting: string[]
}

/**
 * Starts an onboarding for each customer of the file. A customer who has one already keeps it, so that an import can be repeated.
 *
 * @throws WrongFile before anything is started
 */
export async function importCustomers({ path, codec, rate, log, ...temporal }: ImportOptions): Promise<ImportResult> {
  let total = 0
  for await (const _ of customersIn(path, codec)) total += 1

  const result: ImportResult = { started: 0, there: 0, conflicting: [] }
  const startedAt = performance.now()
  let chunk: Customer[] = []
  let done = 0
  const startChunk = async () => {
    const outcomes = await Promise.all(chunk.map((customer) => startCustomer(customer, temporal)))
    for (const [index, outcome] of outcomes.entries()) {
      if (outcome === 'conflicting') result.conflicting.push(chunk[index]!.customerId)
      else result[outcome] += 1
    }
    done += chunk.length
    chunk = []
    log(`${done} of ${total} customers`)
    await sleep(Math.max(0, startedAt + (done * 1000) / rate - performance.now()))
  }
  for await (const customer of customersIn(path, codec)) if (chunk.push(customer) === AT_ONCE) await startChunk()
  if (chunk.length > 0) await startChunk()
  return result
}

type Customer = { exportId: string; customerId: string; state: object }

async function startCustomer(
  { exportId, customerId, state }: Customer,
  { client, taskQueue, settings }: Pick<ImportOptions, 'client' | 'taskQueue' | 'settings'>,
): Promise<'started' | 'there' | 'conflicting'> {
  const { phase } = statusOfCompleted(customerId, state)
  const start = async (workflowIdReusePolicy: 'REJECT_DUPLICATE' | 'ALLOW_DUPLICATE') => {
    const options = onboardingStart({ customerId, taskQueue, phase, settings, state })
    const memo = { [MEMO.movedBy]: exportId }
    await client.workflow.start(ONBOARDING_WORKFLOW, { ...options, memo, workflowIdReusePolicy })
    return 'started' as const
  }
  try {
    // Not even a run that has completed may be there: the customer of an earlier import may have completed for idleness.
    return await start('REJECT_DUPLICATE')
  } catch (error) {
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error
  }
  const { status, memo = {} } = await client.workflow.getHandle(onboardingId(customerId)).describe()
  if (memo[MEMO.left] === true && status.name === 'COMPLETED') {
    // The customer left this Temporal, and comes back.
    return await start('ALLOW_DUPLICATE')
  }
  return memo[MEMO.movedBy] === exportId ? 'there' : 'conflicting'
}
