// Every question to Temporal: it has a deadline, and what goes wrong becomes a problem that tells the caller what to do.

import {
  isGrpcDeadlineError,
  WorkflowNotFoundError,
  WorkflowUpdateRPCTimeoutOrCancelledError,
} from '@temporalio/client'
import type { Client } from '@temporalio/client'
import { GRPC, grpcCode, temporalProblem } from '../platform/temporal.ts'
import { Problem } from './middleware/problem.ts'

// A sender waits for at most 3.5 s; what Temporal has not answered by then is asked again by the sender.
const DEADLINE_MS = 2500
const PROBE_MS = 200

// What Temporal answers while it is away, overloaded or in trouble with its own store.
const TEMPORAL_IS_UNWELL: (number | null)[] = [GRPC.unavailable, GRPC.resourceExhausted, GRPC.unknown]

interface Asking {
  /** Who has to answer beside Temporal. */
  answerer?: 'a worker'
  /** When the caller stops waiting, in milliseconds since the epoch, where that is sooner than our own deadline. */
  answerBy?: number
}

/**
 * @throws Problem 404 for an onboarding that Temporal does not know, 503 `temporal-unavailable`, 503 `no-worker`
 */
export async function askTemporal<T>(
  client: Client,
  call: () => Promise<T>,
  { answerer, answerBy = Infinity }: Asking = {},
): Promise<T> {
  try {
    return await client.withDeadline(Math.min(Date.now() + DEADLINE_MS, answerBy), call)
  } catch (error) {
    const code = grpcCode(error)
    if (error instanceof WorkflowNotFoundError) throw unknownCustomer()
    const isLate =
      isGrpcDeadlineError(error) ||
      error instanceof WorkflowUpdateRPCTimeoutOrCancelledError ||
      code === GRPC.deadlineExceeded
    if (isLate && answerer && (await temporalProblem(client, PROBE_MS)) === null) throw noWorker()
    if (isLate || TEMPORAL_IS_UNWELL.includes(code)) throw temporalUnavailable()
    throw error
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

function temporalUnavailable(): Problem {
  return new Problem({
    status: 503,
    code: 'temporal-unavailable',
    detail: 'Temporal does not answer in time. Send the same again; a repeat has no further effect.',
    headers: { 'retry-after': '1' },
  })
}
