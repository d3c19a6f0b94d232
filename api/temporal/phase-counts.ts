// How many customers are in each phase, how many wait and how many runs have completed, counted by Temporal's Visibility.

import type { Client } from '@temporalio/client'
import { ONBOARDING_WORKFLOW } from '../../domain/ids.ts'
import { PHASES } from '../../domain/onboarding.ts'
import type { Phase } from '../../domain/onboarding.ts'
import { GRPC } from '../../platform/temporal.ts'
import { Problem } from '../problems/problem.ts'
import { askTemporal } from './ask-temporal.ts'
import { TASK_FAILS } from './stuck-query.ts'

/** Counts the runs of a query of Visibility. */
export type CountRuns = (query: string) => Promise<number>

interface OpenCounts {
  /** Open runs by phase: one for each customer who has not completed (idle). */
  phases: { [phase in Phase]: number }
  /** Open runs with a step that is retried, or has had no answer for some seconds. */
  waiting: number
  /** Workflows whose tasks fail again and again; `null` when this Temporal does not say. */
  stuck: number | null
}

export interface PhaseCounts extends OpenCounts {
  /** Completed (idle) runs that Temporal still keeps. A customer who came back has an open run as well, and may have completed twice. */
  completed: number
}

/** @throws Problem 503 */
export async function countPhases(client: Client): Promise<PhaseCounts> {
  const count = runCounter(client)
  return { ...(await countOpen(count)), completed: await count(onboardings(`ExecutionStatus = 'Completed'`)) }
}

/**
 * One count for each number, one after the other: Temporal groups by no other attribute than the status of a run, and each count may
 * read very many rows. Visibility lags by some moments, so that the numbers may not add up while customers move.
 */
export async function countOpen(count: CountRuns): Promise<OpenCounts> {
  const open = async (condition: string) => await count(onboardings(`ExecutionStatus = 'Running'`, condition))
  const phases: { [phase in Phase]?: number } = {}
  for (const phase of PHASES) phases[phase] = await open(`OnboardingPhase = '${phase}'`)
  return {
    phases: phases as OpenCounts['phases'],
    waiting: await open('OnboardingWaiting IS NOT NULL'),
    stuck: await open(TASK_FAILS).catch(nullIfUnknown),
  }
}

/** Each count has the deadline of a call to Temporal, and throws a `Problem` of status 503. */
export function runCounter(client: Client): CountRuns {
  return async (query) => await askTemporal(client, async () => (await client.workflow.count(query)).count)
}

function onboardings(...conditions: string[]): string {
  return [`WorkflowType = '${ONBOARDING_WORKFLOW}'`, ...conditions].join(' AND ')
}

/** An older server does not know the attribute. */
export function nullIfUnknown(error: unknown): null {
  if (error instanceof Problem && error.options.internal?.grpcCode === GRPC.invalidArgument) return null
  throw error
}
