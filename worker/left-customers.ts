// The running customers who are not on a version of the workers, as Temporal's Visibility lists them, and why each is left.

import type { Client } from '@temporalio/client'
import { customerIdOf, ONBOARDING_WORKFLOW } from '../domain/ids.ts'
import { VERSION_ATTRIBUTE, versionText } from '../platform/worker-versions.ts'
import type { WorkerVersion } from './version.ts'

/** Why a customer is left: the run is stuck, waits for HubSpot, has no worker of its version, or has not answered yet. */
export type Cause = 'stuck' | 'waiting' | 'no-worker' | 'asked'

/** A row of Visibility. */
export interface LeftCustomer {
  customerId: string
  workflowId: string
  runId: string
  /** `<deployment>:<build id>`; `null` for a run without a version. */
  version: string | null
  isStuck: boolean
  isWaiting: boolean
}

// Temporal's services learn of a new current version one after the other.
const LATE_STARTS_MS = 10_000
// Temporal sets the attribute when a worker has completed the first workflow task of a run.
const BEGUN = 'BuildIds IS NOT NULL'

/**
 * The query of those who are left.
 *
 * @param version the version that customers move to; `null` for workers without a version
 * @param since when it became current. A run that started later and has no version is left only when a worker without a version has
 *   begun it, as while such workers ramp up. Otherwise it has not reached a worker yet, and will be on the version
 */
export function leftQuery(taskQueue: string, version: WorkerVersion | null, since: Date | null): string {
  if (version === null) return `${runningQuery(taskQueue)} AND ${VERSION_ATTRIBUTE} IS NOT NULL`
  const startTime = since && new Date(since.getTime() + LATE_STARTS_MS).toISOString()
  const isBegun = startTime === null ? '' : ` AND (StartTime < '${startTime}' OR ${BEGUN})`
  // Customers begin later on another version while it ramps up. Elasticsearch finds runs without a version by `!=`, PostgreSQL does not.
  const isOnAnother = `${VERSION_ATTRIBUTE} IS NOT NULL AND ${VERSION_ATTRIBUTE} != '${versionText(version)}'`
  return `${runningQuery(taskQueue)} AND ((${isOnAnother}) OR (${VERSION_ATTRIBUTE} IS NULL${isBegun}))`
}

/**
 * The query of those whom workers without a version have begun, and who are not stuck already: their next workflow task goes to the
 * current version.
 */
export function unversionedQuery(taskQueue: string): string {
  return `${runningQuery(taskQueue)} AND ${VERSION_ATTRIBUTE} IS NULL AND ${BEGUN} AND TemporalReportedProblems IS NULL`
}

function runningQuery(taskQueue: string): string {
  return `WorkflowType = '${ONBOARDING_WORKFLOW}' AND ExecutionStatus = 'Running' AND TaskQueue = '${taskQueue}'`
}

export async function* leftCustomers(client: Client, query: string): AsyncGenerator<LeftCustomer> {
  for await (const { workflowId, runId, searchAttributes } of client.workflow.list({ query })) {
    // A workflow of our type that was started by hand may have any id.
    const customerId = customerIdOf(workflowId) ?? workflowId
    const first = (name: string) => searchAttributes[name]?.[0]
    const version = first(VERSION_ATTRIBUTE)
    yield {
      customerId,
      workflowId,
      runId,
      version: typeof version === 'string' ? version : null,
      isStuck: first('TemporalReportedProblems') !== undefined,
      isWaiting: first('OnboardingWaiting') !== undefined,
    }
  }
}

/** @param versionsWithWorkers the versions that workers poll for; `null` among them stands for workers without a version */
export function causeOfLeft(
  { isStuck, isWaiting, version }: LeftCustomer,
  versionsWithWorkers: ReadonlySet<string | null>,
): Cause {
  if (isStuck) return 'stuck'
  // A run without a version goes to the current one, whose workers are there.
  if (version !== null && !versionsWithWorkers.has(version)) return 'no-worker'
  return isWaiting ? 'waiting' : 'asked'
}
