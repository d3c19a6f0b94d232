// Takes the customers out of one Temporal: each run completes, and its state goes into the file.

import { setTimeout as sleep } from 'node:timers/promises'
import { WorkflowNotFoundError, WorkflowUpdateFailedError } from '@temporalio/client'
import type { Client, WorkflowExecutionInfo } from '@temporalio/client'
import { customerIdOf, ONBOARDING_WORKFLOW, onboardingId } from '../domain/ids.ts'
import { MEMO } from '../domain/moves.ts'
import { causeOf } from '../platform/error-cause.ts'
import { isStateOf } from '../workflows/customer/completed-run.ts'
import { leave } from '../workflows/messages.ts'
import type { GrowingFile, StateCodec } from './customers-file.ts'

const AT_ONCE = 20
// A call to HubSpot that is cancelled may take as long as three seconds, the longest pause between two heartbeats of its activity.
const DEADLINE_MS = 15_000
// Temporal's list may lag behind by about a second.
const LIST_LAG_MS = 2000

interface ExportOptions {
  client: Client
  file: GrowingFile
  codec: StateCodec
  log: (line: string) => void
}

export interface ExportResult {
  /** The customers who were added to the file. */
  exported: number
  /** One line for each customer who is not in the file, or who is open again. */
  problems: string[]
}

/** How many onboardings are open, by Temporal's list. */
export async function openOnboardings(client: Client): Promise<number> {
  return (await client.workflow.count(queryOf('Running'))).count
}

/**
 * Completes all open onboardings, and writes their states into the file. Every state is in Temporal, as the result of a run, before it is
 * in the file: an export that is interrupted can be repeated.
 */
export async function exportCustomers({ client, file, codec, log }: ExportOptions): Promise<ExportResult> {
  const before = file.size
  const problems = new Map<string, string>()
  const add = async (runs: AsyncIterable<WorkflowExecutionInfo>, take: typeof takeOpen) => {
    let found = 0
    for await (const chunk of chunksOf(runs, AT_ONCE)) {
      const taken = await Promise.all(
        chunk.map(async (run) => {
          const customerId = customerIdOf(run.workflowId)
          if (customerId === null || problems.has(customerId)) return []
          const answer = await take(client, customerId, run, file.has(customerId))
          if ('problem' in answer) problems.set(customerId, `${customerId}: ${answer.problem}`)
          return 'state' in answer ? [{ customerId, state: await codec.encrypt(customerId, answer.state) }] : []
        }),
      )
      await file.add(taken.flat())
      found += taken.flat().length
      if (found > 0) log(`${file.size} customers are in the file`)
    }
    return found
  }

  await add(client.workflow.list({ query: queryOf('Completed') }), takeLeft)
  // A customer whom the list did not have at first is found by the next round.
  while ((await add(client.workflow.list({ query: queryOf('Running') }), takeOpen)) > 0) await sleep(LIST_LAG_MS)
  return { exported: file.size - before, problems: [...problems.values()] }
}

type Taken = { state: object } | { problem: string } | { skipped: true }

/** A run that has completed for an export which was interrupted before its state was in the file. */
async function takeLeft(
  client: Client,
  customerId: string,
  { runId, memo }: WorkflowExecutionInfo,
  isInFile: boolean,
): Promise<Taken> {
  if (isInFile || memo?.[MEMO.left] !== true) return { skipped: true }
  const newest = await client.workflow.getHandle(onboardingId(customerId)).describe()
  // A later run knows more.
  return newest.runId === runId ? await resultOf(client, customerId, runId) : { skipped: true }
}

async function takeOpen(
  client: Client,
  customerId: string,
  _run: WorkflowExecutionInfo,
  isInFile: boolean,
): Promise<Taken> {
  const handle = client.workflow.getHandle(onboardingId(customerId))
  try {
    if (isInFile) {
      // The list may lag behind.
      const isOpen = (await handle.describe()).status.name === 'RUNNING'
      return isOpen ? { problem: OPEN_AGAIN } : { skipped: true }
    }
    return await client.withDeadline(Date.now() + DEADLINE_MS, async () => {
      const update = await handle.startUpdate(leave, { waitForStage: 'ACCEPTED' })
      await update.result()
      return await resultOf(client, customerId, update.workflowRunId ?? '')
    })
  } catch (error) {
    // The run has completed in this moment, for idleness.
    if (error instanceof WorkflowNotFoundError) return { skipped: true }
    if (error instanceof WorkflowUpdateFailedError) return { problem: OLDER_WORKER }
    return { problem: `its workers do not answer, so the customer stays in this Temporal: ${causeOf(error)}` }
  }
}

const OPEN_AGAIN =
  'is in the file, and has a new onboarding in this Temporal. An API still accepts events here: stop it. The workers here write what it accepted'
const OLDER_WORKER =
  'its workers are of a version that knows no move, so the customer stays in this Temporal. See docs/runbook.md about a new version'

async function resultOf(client: Client, customerId: string, runId: string): Promise<Taken> {
  const run = client.workflow.getHandle(onboardingId(customerId), runId, { followRuns: false })
  const result: unknown = await run.result()
  return isStateOf(customerId, result) ? { state: result } : { problem: 'its run has no state as its result' }
}

function queryOf(status: 'Running' | 'Completed'): string {
  return `WorkflowType = '${ONBOARDING_WORKFLOW}' AND ExecutionStatus = '${status}'`
}

async function* chunksOf<Item>(items: AsyncIterable<Item>, size: number): AsyncGenerator<Item[]> {
  let chunk: Item[] = []
  for await (const item of items) {
    chunk.push(item)
    if (chunk.length < size) continue
    yield chunk
    chunk = []
  }
  if (chunk.length > 0) yield chunk
}
