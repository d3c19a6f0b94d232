// Every question to Temporal: it has a deadline, and what goes wrong becomes a problem that tells the caller what to do.

import {
  isGrpcDeadlineError,
  WorkflowNotFoundError,
  WorkflowUpdateRPCTimeoutOrCancelledError,
} from '@temporalio/client'
import type { Client } from '@temporalio/client'
import { NamespaceNotFoundError } from '@temporalio/common'
import { GRPC, grpcCode, temporalProblem } from '../platform/temporal.ts'
import type { TemporalProblem } from '../platform/temporal.ts'
import { Problem } from './middleware/problem.ts'

// A sender waits for at most 3.5 s; what Temporal has not answered by then is asked again by the sender.
const DEADLINE_MS = 2500
// After so long without an answer it is found out beside whether Temporal itself is there, so that a busy one has its time
// before it is taken for the one that is missing.
const SUSPICION_MS = 500

// What Temporal answers while it is away, overloaded or in trouble with its own store; anything else is worth a look.
const EXPECTED: (number | null)[] = [GRPC.unavailable, GRPC.resourceExhausted, GRPC.unknown]

// What Temporal answers in place of a worker that cannot get on with the onboarding's history.
const HUNG: (number | null)[] = [GRPC.failedPrecondition, GRPC.invalidArgument]

interface Asking {
  /** Who has to answer beside Temporal. */
  answerer?: 'a worker'
  /** When the caller stops waiting, in milliseconds since the epoch, where that is sooner than our own deadline. */
  answerBy?: number
  /** Whether the call starts what is not there, so that "not found" is Temporal's own trouble. */
  starts?: boolean
}

/**
 * @throws Problem 404 for an onboarding that Temporal does not know, 503 `no-worker` or `hung` where a worker has to answer,
 *   503 `temporal-unavailable` for whatever else Temporal refuses
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
    const code = grpcCode(error)
    const isNotFound = error instanceof WorkflowNotFoundError
    if (isNotFound && !starts) throw unknownCustomer()
    const isLate =
      isGrpcDeadlineError(error) ||
      error instanceof WorkflowUpdateRPCTimeoutOrCancelledError ||
      code === GRPC.deadlineExceeded
    if (isLate && answerer && (await probe) === null) throw noWorker()
    if (answerer && HUNG.includes(code)) throw hung()
    if (isLate || EXPECTED.includes(code)) throw temporalUnavailable()
    if (isNotFound || error instanceof NamespaceNotFoundError || code !== null) {
      throw temporalUnavailable({ grpcCode: code ?? GRPC.notFound })
    }
    throw error
  } finally {
    clearTimeout(suspicion)
  }
}

function unknownCustomer(): Problem {
  return new Problem({ status: 404, code: 'not-found', detail: 'No event has told us of this customer.' })
}

function noWorker(): Problem {
  return new Problem({
    status: 503,
    code: 'no-worker',
    detail: 'No worker answers for this customer; nothing is lost. Start one with `npm run worker`, or wait for it.',
    headers: { 'retry-after': '5' },
  })
}

function hung(): Problem {
  return new Problem({
    status: 503,
    code: 'hung',
    detail:
      'The customer’s workflow does not get on; nothing is lost. The runbook says how it does: “A workflow hangs”.',
    headers: { 'retry-after': '30' },
  })
}

/** @param internal what an operator has to know of it, for the log */
function temporalUnavailable(internal?: { grpcCode: number }): Problem {
  return new Problem({
    status: 503,
    code: 'temporal-unavailable',
    detail: 'Temporal does not answer in time. Send the same again; a repeat has no further effect.',
    headers: { 'retry-after': '1' },
    ...(internal && { internal }),
  })
}
