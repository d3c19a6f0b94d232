// Explains a failed call to Temporal to operators, and says whether the same call may succeed later.

import { isGrpcServiceError, NamespaceNotFoundError } from '@temporalio/client'
import { GRPC } from './temporal.ts'
import { TEMPORAL_PROBLEMS } from './temporal-problem.ts'

export interface TemporalFailure {
  /** Sentences without a full stop at the end. They hold Temporal's own answer, but no value of a customer. */
  why: string
  /** `everybody` when every other call fails for the same reason. */
  concerns: 'everybody' | 'one call'
  /** Whether the same call may succeed later, without a change of the settings. */
  canPass: boolean
}

/** The codes of gRPC with which a call may succeed later. */
const PASSING: readonly number[] = [
  GRPC.cancelled,
  GRPC.unknown,
  GRPC.deadlineExceeded,
  GRPC.resourceExhausted,
  GRPC.aborted,
  GRPC.internal,
  GRPC.unavailable,
]

/** `null` for an error that does not come from a call to Temporal. */
export function temporalFailure(error: unknown): TemporalFailure | null {
  if (error instanceof NamespaceNotFoundError) {
    const why = `${TEMPORAL_PROBLEMS['temporal-namespace']} (NOT_FOUND: ${error.namespace})`
    return { why, concerns: 'everybody', canPass: false }
  }
  const status = statusOf(error)
  if (status === null) return null
  // The message of gRPC's error begins with the number and the name of its code.
  const answer = status.message.replace(/^\d+ /, '')
  const everybody = (problem: keyof typeof TEMPORAL_PROBLEMS, canPass: boolean): TemporalFailure => ({
    why: `${TEMPORAL_PROBLEMS[problem]} (${answer})`,
    concerns: 'everybody',
    canPass,
  })
  const { code } = status
  if (code === GRPC.permissionDenied || code === GRPC.unauthenticated) return everybody('temporal-access', false)
  if (code === GRPC.unavailable) return everybody('temporal', true)
  if (code === GRPC.invalidArgument && /search attribute/i.test(answer)) return everybody('search-attributes', false)
  return { why: `Temporal answered ${answer}`, concerns: 'one call', canPass: PASSING.includes(code) }
}

/** The SDK wraps gRPC's error, whose message says more than that of its own. */
function statusOf(error: unknown) {
  for (const each of [error, error instanceof Error ? error.cause : null]) if (isGrpcServiceError(each)) return each
  return null
}
