// Makes a version of the workers the current one, and follows the running customers until they are on it.

import { setTimeout as sleep } from 'node:timers/promises'
import type { KeyRing } from '../platform/payloads/key-ring.ts'
import { versionsOf, versionText } from '../platform/worker-versions.ts'
import { routingOf } from './deployment.ts'
import type { Routing } from './deployment.ts'
import { leftCustomers, leftQuery, unversionedQuery } from './left-customers.ts'
import { leftReport, named } from './left-report.ts'
import { findRowsWithoutRun, followMoves } from './moves.ts'
import type { Followed } from './moves.ts'
import { replay } from './replay-check.ts'
import type { WorkerVersion } from './version.ts'

export interface Promotion extends Followed {
  taskQueue: string
  deploymentName: string
  /** The version to make current; `null` for workers without a version. */
  version: WorkerVersion | null
  /** The bundle of its workflow code; `null` when this checkout has other code. */
  code: string | null
  payloadKeys: KeyRing | undefined
}

// Temporal knows a version some moments after the first poll of its workers.
const ASK_EVERY_MS = 1000

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
  const rowsWithoutRun = await findRowsWithoutRun(promotion.client, query)
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
    await sleep(ASK_EVERY_MS)
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
