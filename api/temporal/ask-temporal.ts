// Every question to Temporal: it has a deadline, and what goes wrong becomes a problem that tells the caller what to do.

import {
  isGrpcDeadlineError,
  QueryNotRegisteredError,
  WorkflowNotFoundError,
  WorkflowUpdateRPCTimeoutOrCancelledError,
} from '@temporalio/client'
import type { Client } from '@temporalio/client'
import { NamespaceNotFoundError } from '@temporalio/common'
import { GRPC, grpcCode, temporalProblem } from '../../platform/temporal.ts'
import type { TemporalProblem } from '../../platform/temporal.ts'
import { Problem } from '../middleware/problem.ts'

// A sender waits for at most 3.5 s; what Temporal has not answered by then is asked again by the sender.
const DEADLINE_MS = 2500
// After so long without an answer it is found out beside whether Temporal itself is there, so that a busy one has its time
// before it is taken for the one that is missing.
const SUSPICION_MS = 500

interface Asking {
  /** Who has to answer beside Temporal. */
  answerer?: 'a worker'
  /** When the caller stops waiting, in milliseconds since the epoch, where that is sooner than our own deadline. */
  answerBy?: number
  /** Whether the call starts what is not there, so that "not found" is Temporal's own trouble. */
  starts?: boolean
}

/**
 * @throws Problem 404 `unknown-customer` for an onboarding that Temporal does not know, 503 `no-worker` or `hung` where a
 *   worker has to answer, 503 `temporal-unavailable` for whatever else Temporal refuses
 */
export async function askTemporal<T>(
  client: Client,
  call: () => Promise<T>,
  { answerer, answerBy = Infinity, starts = false }: Asking = {},
): Promise<T> {
  let probe: Promise<TemporalProblem> | undefined
  const suspicion = answerer && setTimeout(() => void (probe = temporalProblem(client, DEADLINE_MS)), SUSPICION_MS)
  try {
    return await client.withDeadline(Math.min(Date.now() + DEADLINE_MS, answerBy), call)
  } catch (error) {
    const failure = failureOf(error)
    if (failure === 'none of Temporal’s') throw error
    if (failure === 'not found' && !starts) throw new Problem('unknown-customer')
    if (failure === 'late' && answerer && (await probe) === null) throw new Problem('no-worker')
    if (failure === 'hung' && answerer) throw new Problem('hung')
    if (failure === 'late' || failure === 'away') throw new Problem('temporal-unavailable')
    // Nobody expects this one, so the log has it.
    throw new Problem('temporal-unavailable', { internal: { grpcCode: grpcCode(error) ?? GRPC.notFound } })
  } finally {
    clearTimeout(suspicion)
  }
}

/** `hung`: the worker is there and cannot get on with the onboarding's history. `away`: overloaded or in trouble with its store, too. */
type Failure = 'not found' | 'late' | 'hung' | 'away' | 'refused' | 'none of Temporal’s'

const FAILURES: { [code: number]: Failure } = {
  [GRPC.deadlineExceeded]: 'late',
  [GRPC.unavailable]: 'away',
  [GRPC.resourceExhausted]: 'away',
  [GRPC.unknown]: 'away',
  [GRPC.failedPrecondition]: 'hung',
  [GRPC.invalidArgument]: 'hung',
}

function failureOf(error: unknown): Failure {
  if (error instanceof WorkflowNotFoundError) return 'not found'
  if (error instanceof NamespaceNotFoundError) return 'refused'
  // The SDK's name for whatever fails a query, such as a history that does not fit the code.
  if (error instanceof QueryNotRegisteredError) return 'hung'
  if (isGrpcDeadlineError(error) || error instanceof WorkflowUpdateRPCTimeoutOrCancelledError) return 'late'
  const code = grpcCode(error)
  return code === null ? 'none of Temporal’s' : (FAILURES[code] ?? 'refused')
}
