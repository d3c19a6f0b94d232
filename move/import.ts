// Brings the customers of a file into another Temporal: each gets a run that starts with the state of its last one.

import { setTimeout as sleep } from 'node:timers/promises'
import { WorkflowExecutionAlreadyStartedError } from '@temporalio/client'
import type { Client } from '@temporalio/client'
import { ONBOARDING_WORKFLOW, onboardingId } from '../domain/ids.ts'
import { MEMO } from '../domain/moves.ts'
import { isErasure } from '../domain/onboarding.ts'
import { onboardingStart, PHASE } from '../platform/onboarding-start.ts'
import { statusOfCompleted, withErasure } from '../workflows/customer/completed-run.ts'
import type { RunSettings } from '../workflows/messages.ts'
import { customersIn, noteImport } from './customers-file.ts'
import type { StateCodec } from './state-codec.ts'

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
  /** The ids of customers who were erased after an earlier import of this file. */
  toErase: string[]
}

/**
 * Starts an onboarding for each customer of the file. A customer who has one already keeps it, so that an import can be repeated.
 *
 * @throws WrongFile before anything is started
 */
export async function importCustomers({ path, codec, rate, log, ...temporal }: ImportOptions): Promise<ImportResult> {
  const left = await read(path, codec)
  const total = left.size
  const { namespace } = temporal.client.options
  const { namespaceInfo } = await temporal.client.workflowService.describeNamespace({ namespace })
  await noteImport(path, namespaceInfo?.id ?? namespace)

  const result: ImportResult = { started: 0, there: 0, conflicting: [], toErase: [] }
  const startedAt = performance.now()
  let chunk: Customer[] = []
  let done = 0
  const startChunk = async () => {
    const outcomes = await Promise.all(chunk.map((customer) => startCustomer(customer, temporal)))
    for (const [index, outcome] of outcomes.entries()) {
      if (outcome === 'started' || outcome === 'there') result[outcome] += 1
      else result[outcome].push(chunk[index]!.customerId)
    }
    done += chunk.length
    chunk = []
    log(`${done} of ${total} customers`)
    await sleep(Math.max(0, startedAt + (done * 1000) / rate - performance.now()))
  }
  for await (const { customerId, ...customer } of customersIn(path, codec)) {
    const runIds = left.get(customerId)
    if (!runIds) continue
    left.delete(customerId)
    if (chunk.push({ ...customer, customerId, runIds }) === AT_ONCE) await startChunk()
  }
  if (chunk.length > 0) await startChunk()
  return result
}

/**
 * The runs of each customer. A second one is that of an erasure during the export. The import uses the state of the first one even then:
 * it knows the contact in HubSpot, and the calls that got no response.
 */
async function read(path: string, codec: StateCodec): Promise<Map<string, string[]>> {
  const runIds = new Map<string, string[]>()
  for await (const { customerId, runId } of customersIn(path, codec)) {
    runIds.set(customerId, [...(runIds.get(customerId) ?? []), runId])
  }
  return runIds
}

interface Customer {
  exportId: string
  exportedAt: number
  customerId: string
  state: object
  runIds: string[]
}

async function startCustomer(
  { exportId, exportedAt, customerId, runIds, ...customer }: Customer,
  { client, taskQueue, settings }: Pick<ImportOptions, 'client' | 'taskQueue' | 'settings'>,
): Promise<'started' | 'there' | 'conflicting' | 'toErase'> {
  const isErased = runIds.length > 1
  const state = isErased ? withErasure(customerId, customer.state) : customer.state
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
  const there = await client.workflow.getHandle(onboardingId(customerId)).describe()
  const { status, closeTime, memo = {}, typedSearchAttributes } = there
  // The move is given up, and the customer comes back from the file; or the customer has been elsewhere since that run.
  const hasLeft = memo[MEMO.left] === true && status.name === 'COMPLETED' && runIds.includes(there.runId)
  const isOlder = closeTime !== undefined && closeTime.getTime() < exportedAt
  if (hasLeft || isOlder) return await start('ALLOW_DUPLICATE')
  // A customer of this file who has left for another one has newer states there.
  if (memo[MEMO.movedBy] !== exportId || memo[MEMO.left] === true) return 'conflicting'
  return isErased && !isErasure(typedSearchAttributes.get(PHASE)) ? 'toErase' : 'there'
}
