// How many customers are in each phase, how many wait and how many runs have completed, counted by Temporal's Visibility.

import type { Client } from '@temporalio/client'
import { ONBOARDING_WORKFLOW } from '../../domain/ids.ts'
import { PHASES } from '../../domain/onboarding.ts'
import type { Phase } from '../../domain/onboarding.ts'
import { GRPC } from '../../platform/temporal.ts'
import { Problem } from '../problems/problem.ts'
import { askTemporal } from './ask-temporal.ts'

/** Temporal sets it on a run whose workflow tasks keep failing. */
export const STUCK = 'TemporalReportedProblems IS NOT NULL'

export interface PhaseCounts {
  /** Open runs by phase: one for each customer who has not completed (idle). */
  phases: { [phase in Phase]: number }
  /** Open runs with a step that is retried, or has had no answer for some seconds. */
  waiting: number
  /** Workflows whose tasks fail again and again; `null` when this Temporal does not say. */
  stuck: number | null
  /** Completed (idle) runs that Temporal still keeps. A customer who came back has an open run as well, and may have completed twice. */
  completed: number
}

/**
 * One count for each number, one after the other: Temporal groups by no other attribute than the status of a run, and each count may
 * read very many rows. Visibility lags by some moments, so that the numbers may not add up while customers move.
 *
 * @throws Problem 503
 */
export async function countPhases(client: Client): Promise<PhaseCounts> {
  const count = async (...conditions: string[]) => {
    const query = [`WorkflowType = '${ONBOARDING_WORKFLOW}'`, ...conditions].join(' AND ')
    return await askTemporal(client, async () => (await client.workflow.count(query)).count)
  }
  const open = `ExecutionStatus = 'Running'`
  const phases: { [phase in Phase]?: number } = {}
  for (const phase of PHASES) phases[phase] = await count(open, `OnboardingPhase = '${phase}'`)
  return {
    phases: phases as PhaseCounts['phases'],
    waiting: await count(open, 'OnboardingWaiting IS NOT NULL'),
    stuck: await count(open, STUCK).catch(nullIfUnknown),
    completed: await count(`ExecutionStatus = 'Completed'`),
  }
}

/** An older server does not know the attribute. */
function nullIfUnknown(error: unknown): null {
  if (error instanceof Problem && error.options.internal?.grpcCode === GRPC.invalidArgument) return null
  throw error
}
