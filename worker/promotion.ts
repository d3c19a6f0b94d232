// Makes a version of the workers the current one, and follows the running customers until they are on it.

import { setTimeout as sleep } from 'node:timers/promises'
import type { Client } from '@temporalio/client'
import type { KeyRing } from '../platform/payloads/key-ring.ts'
import { hasRun, signalRunning } from '../platform/temporal.ts'
import { versionsOf, versionText } from '../platform/worker-versions.ts'
import type { versionDeployed } from '../workflows/messages.ts'
import { routingOf } from './deployment.ts'
import type { Routing } from './deployment.ts'
import { leftCustomers, leftQuery, unversionedQuery } from './left-customers.ts'
import { leftReport, named } from './left-report.ts'
import { replay } from './replay-check.ts'
import type { WorkerVersion } from './version.ts'

export interface Promotion {
  client: Client
  taskQueue: string
  deploymentName: string
  /** The version to make current; `null` for workers without a version. */
  version: WorkerVersion | null
  /** The bundle of its workflow code; `null` when this checkout has other code. */
  code: string | null
  payloadKeys: KeyRing | undefined
  /** How many customers are asked to move in a second. */
  perSecond: number
  /** The longest wait for workers of the version, and then for customers who have not moved. */
  waitSeconds: number
  say: (line: string) => void
}

const MOVE: (typeof versionDeployed)['name'] = 'versionDeployed'

// Visibility lags by some moments, so that one count of nobody may be wrong.
const COUNT_EVERY_MS = 1000
const EMPTY_COUNTS = 3
// Lists cost Temporal more than counts.
const LIST_EVERY_MS = 5000
const SAY_EVERY_MS = 10_000
// So many rows are looked up in Temporal, which takes some milliseconds each.
const LOOKED_UP = 1000

/** Who is left, as Temporal has it after the move. */
interface Remainder {
  query: string
  /** What still gets a part of the new customers. */
  ramping: Routing['ramping']
  /** The run ids of the rows in Visibility that have no run. */
  rowsWithoutRun: ReadonlySet<string>
}

/** @returns whether the version is current and nobody is left on another one */
export async function promote(promotion: Promotion): Promise<boolean> {
  const { say, taskQueue, client } = promotion
  say(`${capitalized(nameOf(promotion))}, task queue ${taskQueue}, namespace ${client.options.namespace}`)
  const routing = await routingIn(promotion)
  // Also when it is current: nobody moves to a version without workers.
  if (!(await waitForWorkers(promotion))) return false
  const wasCurrent = isCurrent(promotion, routing)
  // When workers without a version ramp up, their customers go to the current version as soon as the ramping ends.
  const getsUnversioned = !wasCurrent || routing.ramping?.buildId === null
  const when = wasCurrent ? 'when the ramping ends' : 'at once'
  if (getsUnversioned && !(await fitsUnversioned(promotion, when))) return false
  if (wasCurrent) {
    say('It is current already.')
  } else {
    await makeCurrent(promotion)
    say(`It is current now, in place of ${currentName(promotion, routing)}: new customers start on it.`)
  }
  const { since, ramping } = await routingIn(promotion)
  const query = leftQuery(taskQueue, promotion.version, since)
  const rowsWithoutRun = await followMoves(promotion, query)
  return await report(promotion, { query, ramping, rowsWithoutRun })
}

/** Only says what `promote` would find. */
export async function checkPromotion(promotion: Promotion): Promise<boolean> {
  const { say, taskQueue } = promotion
  const routing = await routingIn(promotion)
  const isDone = isCurrent(promotion, routing)
  say(
    `${capitalized(nameOf(promotion))} is ${isDone ? 'current' : `not current. Current: ${currentName(promotion, routing)}`}.`,
  )
  const hasWorkers = (await versionsIn(promotion)).has(keyOf(promotion))
  if (!isDone || !hasWorkers) say(await workersLine(promotion))
  // Before the version is current, every run on another one counts.
  const query = leftQuery(taskQueue, promotion.version, isDone ? routing.since : null)
  const rowsWithoutRun = await lookUp(promotion, query)
  return (await report(promotion, { query, ramping: routing.ramping, rowsWithoutRun })) && isDone && hasWorkers
}

async function waitForWorkers(promotion: Promotion): Promise<boolean> {
  const { say, waitSeconds } = promotion
  const deadline = Date.now() + waitSeconds * 1000
  for (let isFirst = true; !(await versionsIn(promotion)).has(keyOf(promotion)); isFirst = false) {
    if (Date.now() >= deadline) {
      say(await workersLine(promotion))
      say('Nothing has changed. Start workers of this version, with the same TEMPORAL_* settings, then run this again.')
      return false
    }
    if (isFirst) say('Waiting for its workers …')
    await sleep(COUNT_EVERY_MS)
  }
  return true
}

/**
 * Whether the customers without a version would go on. Temporal gives each of them to the current version at the next event, also
 * when its code does not fit; those with a version stay on it until they continue as new.
 */
async function fitsUnversioned(
  { client, taskQueue, version, code, payloadKeys, say }: Promotion,
  when: 'at once' | 'when the ramping ends',
): Promise<boolean> {
  if (version === null) return true
  const query = unversionedQuery(taskQueue)
  const { count } = await client.workflow.count(query)
  if (count === 0) return true
  if (code === null) {
    say(
      `${count} running customers have no version, and go to this one ${when}. Nobody checks whether its code fits their histories, ` +
        'since this checkout has other code.',
    )
    return true
  }
  if (payloadKeys === undefined) {
    say(
      `${count} running customers have no version, and would go to this one ${when}. To check whether its code fits their histories, ` +
        'set PAYLOAD_KEYS as the workers have it, and run this again. Nothing has changed.',
    )
    return false
  }
  say(`${count} running customers have no version, and go to this one ${when}. Replaying them on its code …`)
  const { checked, unfit, missingKeys } = await replay(client, { query, code, payloadKeys })
  if (missingKeys.length > 0) {
    say(
      `PAYLOAD_KEYS has no key ${named(missingKeys)}, or another one with this id, so their histories cannot be read. Nothing has changed. ` +
        'Set PAYLOAD_KEYS as the workers have it, and run this again.',
    )
    return false
  }
  if (unfit.length === 0) return true
  say(`${unfit.length} of ${checked} would be stuck, since their histories do not fit this code: ${named(unfit)}`)
  say(
    'Nothing has changed. Give the release that they run on a version first, promote that, and then this one ' +
      '(docs/runbook.md, "From no versions to versions").',
  )
  return false
}

/** Temporal rejects a version whose workers do not poll all task queues of the current one. */
async function makeCurrent({ client, deploymentName, version }: Promotion): Promise<void> {
  const { namespace } = client.options
  const request = { namespace, deploymentName, buildId: version?.buildId ?? '' }
  await client.workflowService.setWorkerDeploymentCurrentVersion(request)
}

/**
 * Asks everybody who is left, each customer once, and returns when nobody is left or the time is over.
 *
 * @returns the run ids of the rows in Visibility that have no run: they stay for ever, so nobody waits for them
 */
async function followMoves(
  { client, perSecond, waitSeconds, say }: Promotion,
  query: string,
): Promise<ReadonlySet<string>> {
  const asked = new Set<string>()
  const rowsWithoutRun = new Set<string>()
  const pace = paceOf(perSecond)
  const askOthers = async () => {
    for await (const { workflowId, runId } of leftCustomers(client, query)) {
      // While another version ramps up, a customer who moves may come back to it in a new run.
      if (asked.has(workflowId) || rowsWithoutRun.has(runId)) continue
      if (asked.size === 0) say(`Asking the running customers on other versions to move, ${perSecond} a second …`)
      await pace()
      const run = { workflowId, runId }
      // The run may have moved, or completed, since it was listed.
      if (await signalRunning(client, run, MOVE)) asked.add(workflowId)
      else if (!(await hasRun(client, run))) rowsWithoutRun.add(runId)
    }
  }
  const count = async () => {
    const rows = (await client.workflow.count(query)).count
    if (rowsWithoutRun.size === 0 || rows > rowsWithoutRun.size) return rows - rowsWithoutRun.size
    // Some of the rows may be removed by now, so the number alone could hide a customer.
    let left = 0
    for await (const { runId } of leftCustomers(client, query)) if (!rowsWithoutRun.has(runId)) left += 1
    return left
  }

  let deadline = Date.now() + waitSeconds * 1000
  let listAt = 0
  let sayAt = Date.now() + SAY_EVERY_MS
  for (let emptyCounts = 0; emptyCounts < EMPTY_COUNTS; await sleep(COUNT_EVERY_MS)) {
    const left = await count()
    emptyCounts = left === 0 ? emptyCounts + 1 : 0
    if (left > 0 && Date.now() >= listAt) {
      const before = asked.size
      await askOthers()
      listAt = Date.now() + LIST_EVERY_MS
      // The time runs from the last question on.
      if (asked.size > before) deadline = Date.now() + waitSeconds * 1000
    }
    if (left > 0 && Date.now() >= deadline) return rowsWithoutRun
    if (left > 0 && Date.now() >= sayAt) {
      say(`${asked.size} asked, ${left} left …`)
      sayAt = Date.now() + SAY_EVERY_MS
    }
  }
  return rowsWithoutRun
}

/** The run ids of those rows in Visibility that have no run, among the first 1,000. */
async function lookUp({ client }: Promotion, query: string): Promise<ReadonlySet<string>> {
  const rowsWithoutRun = new Set<string>()
  let count = 0
  for await (const { workflowId, runId } of leftCustomers(client, query)) {
    if (count === LOOKED_UP) break
    count += 1
    if (!(await hasRun(client, { workflowId, runId }))) rowsWithoutRun.add(runId)
  }
  return rowsWithoutRun
}

/** Each call returns when it is time for the next customer. */
function paceOf(perSecond: number): () => Promise<void> {
  let next = 0
  return async () => {
    const now = Date.now()
    if (next > now) await sleep(next - now)
    next = Math.max(next, now) + 1000 / perSecond
  }
}

async function report(promotion: Promotion, { query, ramping, rowsWithoutRun }: Remainder): Promise<boolean> {
  const { client, say } = promotion
  const { namespace } = client.options
  const versionsWithWorkers = await versionsIn(promotion)
  const { lines, isNobody } = await leftReport(leftCustomers(client, query), {
    query,
    namespace,
    versionsWithWorkers,
    rowsWithoutRun,
  })
  // While it ramps, its workers may not be stopped, also when nobody is left.
  if (!isNobody || ramping === null) for (const line of lines) say(line)
  if (ramping === null) return isNobody
  for (const line of rampingLines(promotion, ramping)) say(line)
  return false
}

function rampingLines({ deploymentName }: Promotion, { buildId }: NonNullable<Routing['ramping']>): string[] {
  const [who, option] =
    buildId === null
      ? ['Workers without a version still get a part of the new customers', '--unversioned']
      : [`Version ${deploymentName}:${buildId} still gets a part of the new customers`, `--build-id '${buildId}'`]
  return [
    `${who} (Temporal's ramping), so keep these workers. To end that, run the following command, and then this one again:`,
    `  temporal worker deployment set-ramping-version --deployment-name '${deploymentName}' ${option} --delete --yes`,
  ]
}

async function workersLine(promotion: Promotion): Promise<string> {
  const versions = [...(await versionsIn(promotion))].map((version) => version ?? 'workers without a version')
  const polling = versions.length === 0 ? 'nobody' : versions.join(', ')
  return `The task queue ${promotion.taskQueue} is polled by: ${polling}.`
}

async function routingIn({ client, deploymentName }: Promotion): Promise<Routing> {
  return await routingOf(client.workflowService, { namespace: client.options.namespace, deploymentName })
}

/** The versions that workers poll for; `null` among them stands for workers without a version. */
async function versionsIn({ client, taskQueue }: Promotion): Promise<Set<string | null>> {
  const queue = { namespace: client.options.namespace, taskQueue }
  const { withWorkers } = await versionsOf(client.workflowService, queue)
  return new Set(withWorkers.map((version) => version && versionText(version)))
}

function isCurrent({ version }: Promotion, { current }: Routing): boolean {
  return current === (version?.buildId ?? null)
}

function currentName({ deploymentName }: Promotion, { current }: Routing): string {
  return current === null ? 'workers without a version' : versionText({ deploymentName, buildId: current })
}

function keyOf({ version }: Promotion): string | null {
  return version && versionText(version)
}

function nameOf(promotion: Promotion): string {
  const key = keyOf(promotion)
  return key === null ? 'workers without a version' : `version ${key}`
}

function capitalized(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}
