// Calls Temporal with a deadline, and turns each failure into a problem with advice for the caller.

import {
  isGrpcDeadlineError,
  QueryNotRegisteredError,
  WorkflowNotFoundError,
  WorkflowUpdateRPCTimeoutOrCancelledError,
} from '@temporalio/client'
import type { Client } from '@temporalio/client'
import { NamespaceNotFoundError } from '@temporalio/common'
import { temporalProblem } from '../../platform/temporal-problem.ts'
import type { TemporalProblem } from '../../platform/temporal-problem.ts'
import { GRPC, grpcCode } from '../../platform/temporal.ts'
import { Problem } from '../problems/problem.ts'
import type { ProblemCode } from '../problems/problems.ts'

// A sender waits for at most 3.5 s. Without an answer from Temporal by then, the sender repeats the event.
const DEADLINE_MS = 2500
// A call that waits longer than this for a worker also probes Temporal. The probe shows which of the two does not answer:
// Temporal or the worker.
const PROBE_AFTER_MS = 500

interface CallOptions {
  /** A worker must answer, as for a query or an update. */
  needsWorker?: boolean
  /** The time when the caller stops waiting, in milliseconds since the epoch. The earlier of this and our own deadline counts. */
  answerBy?: number
  /** The call starts a missing workflow, so a "not found" error is not about the customer. */
  starts?: boolean
}

/**
 * Makes one or several calls under one deadline. Errors from elsewhere, such as a `Problem`, stay unchanged.
 *
 * @throws Problem 404 `unknown-customer`, 503 `no-worker`, `hung` or `temporal-unavailable`, as the table FAILURES says
 */
export async function askTemporal<T>(
  client: Client,
  call: () => Promise<T>,
  { needsWorker = false, answerBy = Infinity, starts = false }: CallOptions = {},
): Promise<T> {
  const probe = needsWorker ? startProbe(client) : null
  try {
    return await client.withDeadline(Math.min(Date.now() + DEADLINE_MS, answerBy), call)
  } catch (error) {
    const isTimeout = isDeadlineExceeded(error)
    const isTemporalReady = isTimeout && (await probe?.result()) === null
    const failure = { error, code: grpcCode(error), isTimeout, isTemporalReady, needsWorker, starts }
    const row = FAILURES.find(({ matches }) => matches(failure))
    if (row === undefined) throw error
    throw new Problem(row.problem, row.isLogged ? { internal: { grpcCode: failure.code ?? GRPC.notFound } } : {})
  } finally {
    probe?.cancel()
  }
}

/** Probes Temporal when a call has waited for `PROBE_AFTER_MS`. Before that, the result is `undefined`. */
function startProbe(client: Client) {
  let probe: Promise<TemporalProblem> | undefined
  const timer = setTimeout(() => {
    probe = temporalProblem(client, DEADLINE_MS)
  }, PROBE_AFTER_MS)
  return { result: () => probe, cancel: () => clearTimeout(timer) }
}

interface Failure {
  error: unknown
  /** The gRPC status; `null` when the error has none. */
  code: number | null
  isTimeout: boolean
  /** The probe succeeded while the call waited. */
  isTemporalReady: boolean
  needsWorker: boolean
  starts: boolean
}

interface FailureRow {
  matches: (failure: Failure) => boolean
  problem: ProblemCode
  /** True for an unexpected failure. */
  isLogged?: boolean
}

/** Maps a failed call to a problem. The first row that matches decides. */
const FAILURES: FailureRow[] = [
  { matches: ({ error, starts }) => error instanceof WorkflowNotFoundError && !starts, problem: 'unknown-customer' },
  { matches: ({ isTemporalReady }) => isTemporalReady, problem: 'no-worker' },
  { matches: ({ isTimeout }) => isTimeout, problem: 'temporal-unavailable' },
  { matches: (failure) => failure.needsWorker && isWorkflowStuck(failure), problem: 'hung' },
  { matches: ({ code }) => isOneOf(UNAVAILABLE, code), problem: 'temporal-unavailable' },
  { matches: isTemporalError, problem: 'temporal-unavailable', isLogged: true },
]

// Temporal is overloaded, or its store is not available.
const UNAVAILABLE = [GRPC.unavailable, GRPC.resourceExhausted, GRPC.unknown]
// The worker answers, but it cannot replay the history.
const STUCK = [GRPC.failedPrecondition, GRPC.invalidArgument]

function isDeadlineExceeded(error: unknown): boolean {
  return isGrpcDeadlineError(error) || error instanceof WorkflowUpdateRPCTimeoutOrCancelledError
}

/** The SDK throws `QueryNotRegisteredError` for any failed query, for example when the history does not replay. */
function isWorkflowStuck({ error, code }: Failure): boolean {
  return error instanceof QueryNotRegisteredError || isOneOf(STUCK, code)
}

function isTemporalError({ error, code }: Failure): boolean {
  const errors = [WorkflowNotFoundError, NamespaceNotFoundError, QueryNotRegisteredError]
  return code !== null || errors.some((type) => error instanceof type)
}

function isOneOf(codes: number[], code: number | null): boolean {
  return code !== null && codes.includes(code)
}
