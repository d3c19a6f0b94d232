// Asks the running customers to move to the current version of the workers, and follows them.

import { setTimeout as sleep } from 'node:timers/promises'
import type { Client } from '@temporalio/client'
import { hasRun, signalRunning } from '../platform/temporal.ts'
import type { versionDeployed } from '../workflows/messages.ts'
import { leftCustomers } from './left-customers.ts'

export interface Followed {
  client: Client
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

/**
 * Asks everybody who is left, each customer once, and returns when nobody is left or the time is over.
 *
 * @returns the run ids of the rows in Visibility that have no run: they stay for ever, so nobody waits for them
 */
export async function followMoves(
  { client, perSecond, waitSeconds, say }: Followed,
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
export async function findRowsWithoutRun(client: Client, query: string): Promise<ReadonlySet<string>> {
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
