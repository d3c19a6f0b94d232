// Sends many signals to one customer during one slow local call to HubSpot. Then reads Temporal's histories: how often the workflow
// task was repeated, whether every signal is there, and whether the histories replay.

import { setTimeout as sleep } from 'node:timers/promises'
import type { Client } from '@temporalio/client'
import { DeterminismViolationError } from '@temporalio/workflow'
import { historyToJSON } from '@temporalio/common/lib/proto-utils.js'
import { Worker } from '@temporalio/worker'
import type { WorkflowBundleOption } from '@temporalio/worker'
import type { EmulatorControl } from 'hubspot-emulator/control'
import { onboardingId } from '../../domain/ids.ts'
import type { CustomerStatus } from '../../api/contract/customer-status.ts'
import { customerUpdated } from '../../workflows/messages.ts'
import { progressSinks } from '../../worker/progress.ts'

export interface BurstOptions {
  customerId: string
  signals: number
  /** Characters of text in each signal that onramp does not read. */
  characters: number
  /** How much later HubSpot creates the contact. Shorter than a local activity waits for its call. */
  delayMs: number
  /** Sends an event; resolves when it is accepted. */
  send: (event: { type: string; data: Record<string, unknown> }) => Promise<void>
  /** The customer's status; `null` while it is unavailable. */
  status: (customerId: string) => Promise<Pick<CustomerStatus, 'phase' | 'parked' | 'fields'> | null>
  portal: EmulatorControl
  client: Client
  workflowBundle: WorkflowBundleOption
  timeoutMs: number
}

export interface BurstReport {
  signals: number
  seconds: number
  runs: number
  /** Workflow tasks that Temporal failed or timed out. */
  repeatedTasks: number
  /** The highest attempt of a workflow task that was seen: Temporal writes no event for further attempts. */
  highestAttempt: number
  creates: number
  /** Runs whose history does not replay: the customer would be stuck as soon as another worker takes the run over. */
  notReplayed: number
  /** Signals that are in no history, and 1 when HubSpot or the status does not have the newest values in the end. */
  lost: number
  /** Contacts, companies and associations beyond one each. */
  doubled: number
}

const CREATE = { method: 'POST', path: '/contacts(/batch/create)?$' }
const POLL_EVERY_MS = 50

export async function runBurst(options: BurstOptions): Promise<BurstReport> {
  const { customerId, signals, characters, delayMs, portal, client, timeoutMs } = options
  await portal.fault({ ...CREATE, times: null, effect: { kind: 'delay', ms: delayMs } })
  const earlier = (await portal.requests(CREATE)).length
  const createsSoFar = async () => (await portal.requests(CREATE)).length - earlier
  const startedAt = Date.now()
  const deadline = startedAt + timeoutMs
  await options.send({
    type: 'customer.registered',
    data: { customerId, email: `${customerId}@people.example`, company: { name: `Company of ${customerId}` } },
  })
  while ((await createsSoFar()) === 0 && Date.now() < deadline) await sleep(POLL_EVERY_MS)

  const handle = client.workflow.getHandle(onboardingId(customerId))
  const ignored = 'x'.repeat(characters)
  await Promise.all(
    Array.from({ length: signals }, (_, index) => {
      const customer = { phone: String(index), company: { phone: String(index) }, ignored }
      return handle.signal(customerUpdated, { id: `evt_${index}`, at: startedAt + 1 + index, customer } as never)
    }),
  )

  let highestAttempt = 0
  while (!(await isRight(options)) && Date.now() < deadline) {
    await sleep(POLL_EVERY_MS)
    const { raw } = await handle.describe()
    highestAttempt = Math.max(highestAttempt, raw.pendingWorkflowTask?.attempt ?? 0)
  }
  const seconds = (Date.now() - startedAt) / 1000
  const histories = await historiesOf(options)
  let notReplayed = 0
  for (const history of histories) if (!(await replays(options, history))) notReplayed += 1
  const count = (attributes: string) =>
    histories.flatMap(({ events }) => events.filter((event) => attributes in event)).length
  return {
    signals,
    seconds,
    runs: histories.length,
    repeatedTasks: count('workflowTaskFailedEventAttributes') + count('workflowTaskTimedOutEventAttributes'),
    highestAttempt,
    creates: await createsSoFar(),
    notReplayed,
    lost:
      Math.max(0, signals + 1 - count('workflowExecutionSignaledEventAttributes')) + ((await isRight(options)) ? 0 : 1),
    doubled: await doubledRecords(options),
  }
}

async function recordsOf({ portal, customerId }: BurstOptions) {
  const { contacts, companies, associations } = await portal.records()
  const own = contacts.filter(({ properties }) => properties['onramp_customer_id'] === customerId)
  const ownCompanies = companies.filter(({ properties }) => properties['name'] === `Company of ${customerId}`)
  const pairs = associations.filter(({ contactId }) => own.some(({ id }) => id === contactId))
  return { contacts: own, companies: ownCompanies, associations: pairs }
}

/** HubSpot has the newest values, and the status says so. */
async function isRight(options: BurstOptions): Promise<boolean> {
  const { contacts, companies, associations } = await recordsOf(options)
  const newest = String(options.signals - 1)
  const isNewest = (record: (typeof contacts)[number]) => record.properties['phone'] === newest
  if (!contacts.some(isNewest) || !companies.some(isNewest) || associations.length === 0) return false
  const status = await options.status(options.customerId)
  if (status?.phase !== 'onboarded' || status.parked.length > 0) return false
  return Object.values(status.fields).every(({ state }) => state === 'written')
}

async function doubledRecords(options: BurstOptions): Promise<number> {
  const found = Object.values(await recordsOf(options))
  return found.reduce((sum, { length }) => sum + Math.max(0, length - 1), 0)
}

type History = { events: object[] }

/** The histories of all runs, the newest first. */
async function historiesOf({ client, customerId }: BurstOptions): Promise<History[]> {
  const histories: History[] = []
  let runId: string | undefined = undefined
  do {
    const handle = client.workflow.getHandle(onboardingId(customerId), runId)
    const history = JSON.parse(historyToJSON(await handle.fetchHistory())) as History
    histories.push(history)
    runId = previousRunOf(history.events[0])
  } while (runId !== undefined)
  return histories
}

async function replays({ client, workflowBundle, customerId }: BurstOptions, history: History): Promise<boolean> {
  const { dataConverter } = client.options
  const options = { workflowBundle, sinks: progressSinks(), ...(dataConverter && { dataConverter }) }
  try {
    await Worker.runReplayHistory(options, history, onboardingId(customerId))
    return true
  } catch (error) {
    if (error instanceof DeterminismViolationError) return false
    throw error
  }
}

/** Visibility may not know the newest run yet, so each run names the one before it. */
function previousRunOf(started: object | undefined): string | undefined {
  const { workflowExecutionStartedEventAttributes: attributes } = started as {
    workflowExecutionStartedEventAttributes?: { continuedExecutionRunId?: string }
  }
  return attributes?.continuedExecutionRunId || undefined
}

// While more than 100 signals or 2 MiB arrive during a workflow task, Temporal fails the task once or twice, and its local
// activities run again.
const MAX_REPEATS = 5

/** Each broken promise, as a sentence. */
export function brokenBy({ repeatedTasks, highestAttempt, creates, notReplayed }: BurstReport): string[] {
  const repeats = {
    'workflow tasks were repeated': repeatedTasks,
    'attempts of a workflow task': highestAttempt,
    creates,
  }
  return [
    ...(notReplayed === 0 ? [] : [`${notReplayed} histories do not replay.`]),
    ...Object.entries(repeats)
      .filter(([, count]) => count > MAX_REPEATS)
      .map(([name, count]) => `${count} ${name}, more than ${MAX_REPEATS}.`),
  ]
}
