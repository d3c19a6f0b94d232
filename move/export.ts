// Takes the customers out of one Temporal: each run completes, and its state goes into the file.

import { setTimeout as sleep } from 'node:timers/promises'
import { WorkflowNotFoundError, WorkflowUpdateFailedError } from '@temporalio/client'
import type { Client, WorkflowExecutionDescription, WorkflowExecutionInfo } from '@temporalio/client'
import { customerIdOf, ONBOARDING_WORKFLOW, onboardingId } from '../domain/ids.ts'
import { MEMO } from '../domain/moves.ts'
import { isErasure } from '../domain/onboarding.ts'
import { causeOf } from '../platform/error-cause.ts'
import { isHistoryDeleted } from '../platform/temporal.ts'
import { temporalFailure } from '../platform/temporal-failure.ts'
import { isStateOf, statusOfCompleted } from '../workflows/customer/completed-run.ts'
import { leave, onboardingStatus } from '../workflows/messages.ts'
import { WrongFile } from './customers-file.ts'
import type { GrowingFile } from './customers-file.ts'
import type { StateCodec } from './state-codec.ts'

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
  /** The customers who were added to the file; one who was erased since an earlier export counts again. */
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
 *
 * @throws WrongFile when the file has been imported into this Temporal
 */
export async function exportCustomers({ client, file, codec, log }: ExportOptions): Promise<ExportResult> {
  const before = file.runs
  const problems = new Map<string, string>()
  const takeAll = async (status: 'Completed' | 'Running') => {
    let found = 0
    for await (const chunk of chunksOf(client.workflow.list({ query: queryOf(status) }), AT_ONCE)) {
      if (chunk.some(({ memo }) => memo?.[MEMO.movedBy] === file.exportId)) throw new WrongFile(OWN_IMPORT)
      const customerIds = new Set<string>()
      const taken = await Promise.all(
        chunk.map(async (run) => {
          const customerId = customerIdOf(run.workflowId)
          if (customerId === null || (status === 'Running' && problems.has(customerId))) return []
          // Two runs of a customer are taken one after the other, the second one in the next round.
          if (customerIds.has(customerId)) return []
          customerIds.add(customerId)
          const answer = await (status === 'Running' ? takeOpen : takeLeft)(client, file, customerId, run)
          if ('problem' in answer) problems.set(customerId, `${customerId}: ${answer.problem}`)
          if (!('state' in answer)) return []
          problems.delete(customerId)
          return [{ customerId, runId: answer.runId, state: await codec.encrypt(customerId, answer.state) }]
        }),
      )
      found += await file.add(taken.flat())
      if (found > 0) log(`${file.size} customers are in the file`)
    }
    return found
  }
  // A run may leave between the two lists, or for a request that Temporal has kept: then only the next round finds it.
  const round = async () => (await takeAll('Completed')) + (await takeAll('Running'))

  await round()
  do await sleep(LIST_LAG_MS)
  while ((await round()) > 0)
  return { exported: file.runs - before, problems: [...problems.values()] }
}

type Taken = { state: object; runId: string } | { problem: string } | { skipped: true }

/** A listed run that has completed: it may have left for an export which was interrupted before its state was in the file. */
async function takeLeft(
  client: Client,
  file: GrowingFile,
  customerId: string,
  { runId, memo, closeTime }: WorkflowExecutionInfo,
): Promise<Taken> {
  if (memo?.[MEMO.left] !== true || file.hasRun(runId)) return { skipped: true }
  const newest = await newestRun(client, customerId)
  if (newest === null) return { skipped: true }
  const isNewest = newest.runId === runId
  if (!isNewest && (file.has(customerId) || (await cameBack(client, newest, closeTime)))) return { skipped: true }
  return await resultOf(client, file, customerId, runId)
}

/** Whether a later run began with the state of a file, and so knows more. A run that began with an event does not. */
async function cameBack(
  client: Client,
  { workflowId, memo }: WorkflowExecutionDescription,
  leftAt: Date | undefined,
): Promise<boolean> {
  const wasImported = (of: WorkflowExecutionInfo['memo']) => of?.[MEMO.movedBy] !== undefined
  if (wasImported(memo)) return true
  const query = `WorkflowId = '${workflowId}' AND StartTime > '${leftAt?.toISOString()}'`
  for await (const later of client.workflow.list({ query })) if (wasImported(later.memo)) return true
  return false
}

/** The newest run, if it has left. */
async function takeNewest(client: Client, file: GrowingFile, customerId: string): Promise<Taken> {
  const newest = await newestRun(client, customerId)
  const hasLeft = newest?.status.name === 'COMPLETED' && newest.memo?.[MEMO.left] === true
  if (!hasLeft || file.hasRun(newest.runId)) return { skipped: true }
  return await resultOf(client, file, customerId, newest.runId)
}

async function takeOpen(client: Client, file: GrowingFile, customerId: string): Promise<Taken> {
  const handle = client.workflow.getHandle(onboardingId(customerId))
  try {
    return await client.withDeadline(Date.now() + DEADLINE_MS, async () => {
      if (file.has(customerId)) {
        // The list may lag behind.
        if ((await handle.describe()).status.name !== 'RUNNING') return await takeNewest(client, file, customerId)
        if (!isErasure((await handle.query(onboardingStatus)).phase)) return { problem: OPEN_AGAIN }
      }
      const update = await handle.startUpdate(leave, { waitForStage: 'ACCEPTED' })
      await update.result()
      return await resultOf(client, file, customerId, update.workflowRunId ?? '')
    })
  } catch (error) {
    const failure = temporalFailure(error)
    if (failure?.concerns === 'everybody' && !failure.canPass) throw error
    // The run may have completed although the list has it as open: for idleness, or since it has left.
    const newest = await takeNewest(client, file, customerId)
    if (!('skipped' in newest) || error instanceof WorkflowNotFoundError) return newest
    if (error instanceof WorkflowUpdateFailedError) return { problem: OLDER_WORKER }
    const cause = failure?.why ?? causeOf(error)
    return { problem: `its workers do not answer, so the customer stays in this Temporal: ${cause}` }
  }
}

const OWN_IMPORT =
  'The file has been imported into this Temporal, so its states are older than those here. Each move needs a new file.'
const OPEN_AGAIN =
  'is in the file, and has a new onboarding here, for an event that came after the export. Stop the API that accepted it; the workers here write it. If the file is of an earlier move, use a new one'
const OLDER_WORKER =
  'its workers are of a version that knows no move, so the customer stays in this Temporal. See docs/runbook.md about a new version'

/** A customer in the file has a newer run only for an event that came too late. Of these events, only an erasure moves as well. */
async function resultOf(client: Client, file: GrowingFile, customerId: string, runId: string): Promise<Taken> {
  const run = client.workflow.getHandle(onboardingId(customerId), runId, { followRuns: false })
  let result: unknown
  try {
    result = await run.result()
  } catch (error) {
    // An erasure deletes the earlier runs, and the list may lag behind.
    if (isHistoryDeleted(error)) return { skipped: true }
    throw error
  }
  if (!isStateOf(customerId, result)) return { problem: 'its run has no state as its result' }
  if (file.has(customerId) && !isErasure(statusOfCompleted(customerId, result).phase)) return { problem: OPEN_AGAIN }
  return { state: result, runId }
}

/** `null` when Temporal has no run of the customer any more. */
async function newestRun(client: Client, customerId: string): Promise<WorkflowExecutionDescription | null> {
  try {
    return await client.workflow.getHandle(onboardingId(customerId)).describe()
  } catch (error) {
    if (isHistoryDeleted(error)) return null
    throw error
  }
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
